// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift machine build</c></summary>
internal sealed class MachineBuildCommand : Command
{
    public MachineBuildCommand(CliHost host)
        : base("build", "Build a hardened machine image for arm64 with Packer")
    {
        Subcommands.Add(new MachineBuildOracleCommand(host));
        Subcommands.Add(new MachineBuildAwsCommand(host));
    }
}
