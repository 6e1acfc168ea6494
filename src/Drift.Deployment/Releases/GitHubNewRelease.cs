// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What is said of a release: when it is made, and when it is published.</summary>
internal sealed record GitHubNewRelease(string TagName, string TargetCommitish, string Name, string Body, bool Draft, bool Prerelease, string MakeLatest);
