// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What a reference of a repository, for example a tag, or an annotated tag points at.</summary>
internal sealed record GitHubReference(GitHubObject Object);
