// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;

namespace Drift.Cli;

/// <summary><c>drift rollback kubernetes [NAME]</c></summary>
internal sealed class RollbackKubernetesCommand : Command
{
    private readonly Argument<string?> _name = StatusKubernetesCommand.Workload();
    private readonly ClusterChoice _cluster = new();
    private readonly Option<long?> _to = new("--to") { Description = "The revision to go back to, as drift status kubernetes lists them [default: the one before, of those that have not failed]", HelpName = "N" };

    public RollbackKubernetesCommand(CliHost host)
        : base("kubernetes", "Give workloads the images and settings of an earlier revision, and wait until the pods are ready")
    {
        Arguments.Add(_name);
        Options.Add(_to);
        _cluster.AddTo(this, withTimeout: true);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var history = new KubernetesHistory(_cluster.Of(result), new StepProgress(printer));
        var workloads = await history.RollBackAsync(result.GetValue(_name), result.GetValue(_to), _cluster.Timeout(result), cancellationToken).ConfigureAwait(false);
        var report = WorkloadsReport.Of(workloads);
        printer.Result(report, static () => OutputJsonContext.Default.WorkloadsReport, () => report.Print(printer, withHistory: false));
        return ExitCodes.Ok;
    }
}
