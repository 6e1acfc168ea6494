// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What a program that ended has left.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last line of what it said about its failure.</summary>
    public string Complaint => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? $"exit code {ExitCode}";
}
