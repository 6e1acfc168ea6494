// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What was released, or would be; the page is null where there is none at GitHub, or not yet.</summary>
internal sealed record ReleaseReport(string Version, string Commit, string Image, string Digest, IReadOnlyList<string> Tags, IReadOnlyList<ReleasedFile> Files, string? Page, bool DryRun);
