// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What a version of a package has by its type.</summary>
internal sealed record GitHubPackageMetadata(GitHubContainer? Container = null);
