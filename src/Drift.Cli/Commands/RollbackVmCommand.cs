// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift rollback vm HOST [N]</c></summary>
internal sealed class RollbackVmCommand : Command
{
    private readonly Argument<string> _host = VmTarget.Host();
    private readonly Argument<int> _steps = new("N") { Description = "How many versions to go back", DefaultValueFactory = static _ => 1 };
    private readonly VmTarget _target = new();
    private readonly VmChange _change = new();

    public RollbackVmCommand(CliHost host)
        : base("vm", "Make an earlier version answer again: by its container, which was kept, or else by its digest")
    {
        Arguments.Add(_host);
        Arguments.Add(_steps);
        _target.AddTo(this);
        _change.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        if (result.GetRequiredValue(_steps) < 1) throw new DriftException(ErrorCode.InvalidSetting, $"One cannot go back by {result.GetRequiredValue(_steps)}.", "Give a number from 1.");
        var machine = SshHost.Parse(result.GetRequiredValue(_host));
        var steps = new StepLines(host, result);
        steps.Report(new VmStep(machine.ToString(), "connect", $"connecting, to go back by {result.GetRequiredValue(_steps)}"));
        var vm = await _target.ConnectAsync(result, machine, cancellationToken).ConfigureAwait(false);
        await using var _ = vm.ConfigureAwait(false);
        var settings = _change.Of(result, host, _target, await _target.FindNameAsync(result, vm, cancellationToken).ConfigureAwait(false));
        var report = new VmDeployReport([await vm.RollBackAsync(result.GetRequiredValue(_steps), settings, (reference, token) => VmImageChoice.OpenAsync(reference, result, host, token), steps, cancellationToken).ConfigureAwait(false)]);
        var printer = host.Printer(result);
        printer.Result(report, static () => OutputJsonContext.Default.VmDeployReport, () => report.Print(printer));
        return ExitCodes.Ok;
    }
}
