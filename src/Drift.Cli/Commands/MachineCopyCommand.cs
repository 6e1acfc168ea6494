// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift machine copy</c></summary>
internal sealed class MachineCopyCommand : Command
{
    public MachineCopyCommand(CliHost host)
        : base("copy", "Copy a machine image into a compartment at Oracle")
    {
        Subcommands.Add(new MachineCopyOracleCommand(host));
        Subcommands.Add(new MachineCopyAwsCommand(host));
    }
}
