// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What a version of a container package has.</summary>
internal sealed record GitHubContainer(IReadOnlyList<string>? Tags = null);
