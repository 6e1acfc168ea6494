// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift logs vm HOST</c></summary>
internal sealed class LogsVmCommand : Command
{
    private readonly Argument<string> _host = VmTarget.Host();
    private readonly VmTarget _target = new();
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with what it prints from now on, until Ctrl-C" };
    private readonly Option<int?> _tail = new("--tail") { Description = "Begin with the last N lines [default: all that are kept]", HelpName = "N" };

    public LogsVmCommand(CliHost host)
        : base("vm", "Show what the service on a machine prints")
    {
        Arguments.Add(_host);
        _target.AddTo(this);
        Options.Add(_follow);
        Options.Add(_tail);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_tail) is < 0) throw new DriftException(ErrorCode.InvalidSetting, $"--tail {result.GetValue(_tail)} is not possible.", "Give --tail a number from 0.");
        var vm = await _target.ConnectAsync(result, SshHost.Parse(result.GetRequiredValue(_host)), cancellationToken).ConfigureAwait(false);
        await using var _ = vm.ConfigureAwait(false);
        // What a service prints may be anything; on its way to a terminal it moves no cursor.
        await vm.ReadLogAsync(await _target.FindNameAsync(result, vm, cancellationToken).ConfigureAwait(false), result.GetValue(_follow), result.GetValue(_tail), host.Printer(result).Line, cancellationToken).ConfigureAwait(false);
        return ExitCodes.Ok;
    }
}
