// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What GitHub's API says is wrong.</summary>
internal sealed record GitHubProblem(string? Message = null, IReadOnlyList<GitHubFieldProblem>? Errors = null);
