// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>An object of a repository: its kind, <c>commit</c> or <c>tag</c>, and its hash.</summary>
internal sealed record GitHubObject(string Type, string Sha);
