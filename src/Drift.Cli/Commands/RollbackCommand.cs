// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift rollback</c></summary>
internal sealed class RollbackCommand : Command
{
    public RollbackCommand(CliHost host)
        : base("rollback", "Make an earlier version answer again")
    {
        Subcommands.Add(new RollbackVmCommand(host));
    }
}
