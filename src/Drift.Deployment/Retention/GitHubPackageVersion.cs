// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A version of a package as GitHub's API shows it; the name of one of a container is its digest.</summary>
internal sealed record GitHubPackageVersion(long Id, string Name, DateTimeOffset CreatedAt, GitHubPackageMetadata? Metadata = null);
