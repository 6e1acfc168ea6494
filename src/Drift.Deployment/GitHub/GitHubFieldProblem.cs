// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What GitHub's API says is wrong with one field.</summary>
internal sealed record GitHubFieldProblem(string? Field = null, string? Code = null, string? Message = null);
