// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What is released.</summary>
/// <param name="Version">The version.</param>
/// <param name="Commit">The hash of the commit that its tag names.</param>
/// <param name="Text">What users get, in Markdown.</param>
public sealed record ReleaseNotes(ReleaseVersion Version, string Commit, string Text);
