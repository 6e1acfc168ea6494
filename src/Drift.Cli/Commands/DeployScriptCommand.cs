// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;

namespace Drift.Cli;

/// <summary><c>drift deploy script</c></summary>
internal sealed class DeployScriptCommand : Command
{
    public DeployScriptCommand(CliHost host)
        : base("script", $"Print the script that does on a machine what needs root, to be installed there as {SwitchScript.InstalledPath}")
    {
        SetAction(_ =>
        {
            host.Output.Write(SwitchScript.Text);
            return ExitCodes.Ok;
        });
    }
}
