// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Distribution;

[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DockerArchiveManifest[]))]
internal sealed partial class DockerArchiveJsonContext : JsonSerializerContext;
