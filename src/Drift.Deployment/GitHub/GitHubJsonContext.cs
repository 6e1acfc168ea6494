// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Deployment;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GitHubRelease))]
[JsonSerializable(typeof(List<GitHubRelease>))]
[JsonSerializable(typeof(GitHubAsset))]
[JsonSerializable(typeof(GitHubNewRelease))]
[JsonSerializable(typeof(GitHubProblem))]
[JsonSerializable(typeof(GitHubReference))]
[JsonSerializable(typeof(GitHubOwner))]
[JsonSerializable(typeof(List<GitHubPackageVersion>))]
internal sealed partial class GitHubJsonContext : JsonSerializerContext;
