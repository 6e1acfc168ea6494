// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift deploy</c></summary>
internal sealed class DeployCommand : Command
{
    public DeployCommand(CliHost host)
        : base("deploy", "Bring a service to where it runs, and go back by itself when it does not")
    {
        Subcommands.Add(new DeployKubernetesCommand(host));
        Subcommands.Add(new DeployVmCommand(host));
        Subcommands.Add(new DeployScriptCommand(host));
    }
}
