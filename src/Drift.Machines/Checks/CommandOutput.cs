// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Machines;

/// <summary>A command that ran to its end.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error.</param>
internal sealed record CommandOutput(int ExitCode, byte[] Output, string Error)
{
    /// <summary>How much a command may write, in bytes, before it is an error.</summary>
    public const int MaximumOutput = 16 * 1024 * 1024;

    /// <summary>The output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);
}
