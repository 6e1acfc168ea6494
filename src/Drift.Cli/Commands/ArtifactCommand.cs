// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift artifact push|pull</c></summary>
internal sealed class ArtifactCommand : Command
{
    public ArtifactCommand(CliHost host)
        : base("artifact", "Files of any kind in registries and layouts, as ORAS has them")
    {
        Subcommands.Add(new ArtifactPushCommand(host));
        Subcommands.Add(new ArtifactPullCommand(host));
    }
}
