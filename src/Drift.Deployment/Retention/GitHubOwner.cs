// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>Who packages belong to: <c>User</c> or <c>Organization</c>.</summary>
internal sealed record GitHubOwner(string Type);
