// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;

namespace Drift.Cli;

/// <summary>How a machine is reached: what all commands that use <c>ssh</c> take alike.</summary>
internal sealed class SshOptions
{
    private readonly Option<string?> _configuration = new("--ssh-config", "-F") { Description = "The configuration file of ssh to use in the place of the user's", HelpName = "FILE" };
    private readonly Option<string[]> _options = new("--ssh-option") { Description = "An option of ssh as ssh_config(5) writes it, for example Port=2222; may be given several times", HelpName = "KEY=VALUE" };

    public void AddTo(Command command)
    {
        command.Options.Add(_configuration);
        command.Options.Add(_options);
    }

    public SshSettings Settings(ParseResult result) => new() { ConfigurationFile = result.GetValue(_configuration), Options = result.GetValue(_options) ?? [] };
}
