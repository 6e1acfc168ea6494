// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift deploy</c></summary>
internal sealed class DeployCommand : Command
{
    public DeployCommand(CliHost host)
        : base("deploy", "Make an image answer where users are, with nothing dropped and a way back")
    {
        Subcommands.Add(new DeployVmCommand(host));
        Subcommands.Add(new DeployScriptCommand(host));
    }
}
