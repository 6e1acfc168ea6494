// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Deployment;

namespace Drift.Cli;

/// <summary><c>drift status vm HOST</c></summary>
internal sealed class StatusVmCommand : Command
{
    private readonly Argument<string> _host = VmTarget.Host();
    private readonly VmTarget _target = new();

    public StatusVmCommand(CliHost host)
        : base("vm", "Compare what was deployed to a machine with what answers there; ends with 7 when they differ or it is not well")
    {
        Arguments.Add(_host);
        _target.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var vm = await _target.ConnectAsync(result, SshHost.Parse(result.GetRequiredValue(_host)), cancellationToken).ConfigureAwait(false);
        await using var _ = vm.ConfigureAwait(false);
        var status = await vm.StatusAsync(await _target.FindNameAsync(result, vm, cancellationToken).ConfigureAwait(false), _target.HealthPath(result), cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(VmStatusReport.Of(status), static () => OutputJsonContext.Default.VmStatusReport, () => Print(status, printer));
        return status.IsWell ? ExitCodes.Ok : ExitCodes.VerificationFailed;
    }

    private static void Print(VmStatus status, Printer printer)
    {
        printer.Line($"{status.App} on {status.Host}: {(status.IsWell ? "well" : "not well")}");
        printer.Line($"wanted   {status.Wanted}");
        printer.Line($"active   {status.Active ?? "none"}, {status.Running}");
        printer.Line($"health   {status.Health} at port {status.Front}");
        if (!status.IsClean) printer.Line("A deployment was cut off: the next one puts things right.");
        if (!status.SurvivesReboot) printer.Line("The machine does not read /etc/nftables.d when it starts.");
        var table = new TextTable(">BACK", "TIME", "DIGEST", "BY", "REFERENCE");
        foreach (var (release, back) in status.History.Select(static (release, back) => (release, back)))
        {
            table.Add(back == 0 ? "now" : back.ToString(CultureInfo.InvariantCulture), release.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), release.Digest.Split(':')[^1][..12], release.Who, release.Reference);
        }
        table.Print(printer);
    }
}
