// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift logs</c></summary>
internal sealed class LogsCommand : Command
{
    public LogsCommand(CliHost host)
        : base("logs", "What a deployed service prints")
    {
        Subcommands.Add(new LogsVmCommand(host));
    }
}
