// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;

namespace Drift.Cli;

/// <summary><c>drift status kubernetes [NAME]</c></summary>
internal sealed class StatusKubernetesCommand : Command
{
    private readonly Argument<string?> _name = Workload();
    private readonly ClusterChoice _cluster = new();

    public StatusKubernetesCommand(CliHost host)
        : base("kubernetes", "Compare by digest what workloads should run with what their pods run, and list what they had before; exit with 7 when it differs")
    {
        Arguments.Add(_name);
        _cluster.AddTo(this, withTimeout: false);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    public static Argument<string?> Workload() => new("NAME")
    {
        Description = "A Deployment, StatefulSet or DaemonSet, as NAME or KIND/NAME [default: all that Drift has deployed in the namespace]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var history = new KubernetesHistory(_cluster.Of(result), new StepProgress(printer));
        var report = WorkloadsReport.Of(await history.StatusAsync(result.GetValue(_name), cancellationToken).ConfigureAwait(false));
        printer.Result(report, static () => OutputJsonContext.Default.WorkloadsReport, () => report.Print(printer, withHistory: true));
        return report.AsWanted ? ExitCodes.Ok : ExitCodes.VerificationFailed;
    }
}
