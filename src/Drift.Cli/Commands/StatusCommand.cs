// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift status</c></summary>
internal sealed class StatusCommand : Command
{
    public StatusCommand(CliHost host)
        : base("status", "Compare what was deployed with what runs")
    {
        Subcommands.Add(new StatusKubernetesCommand(host));
        Subcommands.Add(new StatusVmCommand(host));
    }
}
