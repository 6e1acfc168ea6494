// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift machine</c></summary>
internal sealed class MachineCommand : Command
{
    public MachineCommand(CliHost host)
        : base("machine", "Machine images: build, check, copy, and wrap for import")
    {
        Subcommands.Add(new MachineBuildCommand(host));
        Subcommands.Add(new MachineCopyCommand(host));
        Subcommands.Add(new MachineWrapCommand(host));
        Subcommands.Add(new MachineCheckCommand(host));
    }
}
