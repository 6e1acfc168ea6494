// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A template that a workload has or had.</summary>
/// <param name="Revision">Its number, which grows with each change.</param>
/// <param name="Images">Its images.</param>
/// <param name="DeployedAt">When Drift deployed it (RFC 3339); null when somebody else did.</param>
/// <param name="Commit">The commit that it is of; null when that is not known.</param>
/// <param name="IsCurrent">Whether the workload has it now.</param>
/// <param name="Failed">Why Drift has gone back from it; null when it has not.</param>
public sealed record RevisionStatus(long Revision, IReadOnlyList<string> Images, string? DeployedAt, string? Commit, bool IsCurrent, string? Failed);
