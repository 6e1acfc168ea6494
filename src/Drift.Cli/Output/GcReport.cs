// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The blobs that a layout was freed of, or would be; how many bytes that is, and how many blobs are left because they are too young.</summary>
internal sealed record GcReport(string Layout, bool DryRun, IReadOnlyList<string> Blobs, long Size, int TooYoung);
