// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift registry</c></summary>
internal sealed class RegistryCommand : Command
{
    public RegistryCommand(CliHost host)
        : base("registry", "The embedded registry")
    {
        Subcommands.Add(new RegistryServeCommand(host));
        Subcommands.Add(new RegistryGcCommand(host));
        Subcommands.Add(new RegistryPasswdCommand(host));
    }
}
