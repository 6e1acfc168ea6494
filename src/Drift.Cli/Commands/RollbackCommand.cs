// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift rollback</c></summary>
internal sealed class RollbackCommand : Command
{
    public RollbackCommand(CliHost host)
        : base("rollback", "Go back to what was deployed before")
    {
        Subcommands.Add(new RollbackKubernetesCommand(host));
        Subcommands.Add(new RollbackVmCommand(host));
    }
}
