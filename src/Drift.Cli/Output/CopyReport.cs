// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The result of <c>drift machine copy</c>.</summary>
/// <param name="Source">The image that was copied.</param>
/// <param name="Image">The new image's OCID; null when none was made.</param>
/// <param name="Calls">What would be asked for, with <c>--dry-run</c>.</param>
internal sealed record CopyReport(string Source, string? Image, IReadOnlyList<PlannedCall>? Calls);
