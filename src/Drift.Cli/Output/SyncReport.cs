// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What became of a sync file's images.</summary>
internal sealed record SyncReport(string File, int Unchanged, int Copied, int Different, int Failed, IReadOnlyList<SyncedImage> Images);
