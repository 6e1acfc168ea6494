// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The result of <c>drift machine build</c>.</summary>
/// <param name="Image">The image's id; null when none was to be made.</param>
internal sealed record MachineBuildReport(string? Image);
