// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift doctor REGISTRY[/REPOSITORY]</c></summary>
internal sealed class DoctorCommand : Command
{
    private readonly Argument<string> _registry = new("REGISTRY[/REPOSITORY]") { Description = "A registry, for example ghcr.io; with a repository, pulls from it are tried, too" };
    private readonly Option<bool> _write = new("--write") { Description = "Push small images of unique names into the repository, in every way that there is, and delete them" };

    public DoctorCommand(CliHost host)
        : base("doctor", "Find out what a registry can do, and what is wrong where it fails")
    {
        Arguments.Add(_registry);
        Options.Add(_write);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var text = result.GetRequiredValue(_registry);
        var reference = text.Contains('/', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal) ? ImageReference.Parse(text) : null;
        var write = result.GetValue(_write);
        if (write && reference is null) throw new DriftException(ErrorCode.InvalidSetting, "There is no repository to push to.", $"Name one, for example {text}/drift-doctor.");
        var probe = new RegistryProbe(host.Registries(result), reference?.Host ?? RegistryHost.Parse(text), reference?.Repository);
        var results = new List<ProbeResult>();
        var printer = host.Printer(result);
        try
        {
            await foreach (var one in probe.RunAsync(write, cancellationToken).ConfigureAwait(false)) results.Add(one);
        }
        catch (OperationCanceledException) when (results is [.., { Error: not null }])
        {
            // The last one says what could not be deleted.
            var left = results[^1];
            printer.Error($"DRIFT{(int)left.Error!}", left.Detail, left.Advice);
            throw;
        }
        var report = new DoctorReport(text, [.. results.Select(one => new DoctorProbe(one.Name, one.Outcome.ToString().ToLowerInvariant(), one.Detail, one.Advice))]);
        printer.Result(report, static () => OutputJsonContext.Default.DoctorReport, () =>
        {
            var table = new TextTable("PROBE", "RESULT", "DETAIL");
            foreach (var one in report.Probes) table.Add(one.Name, one.Result, one.Detail);
            table.Print(printer);
            foreach (var advice in report.Probes.Select(one => one.Advice).OfType<string>().Distinct(StringComparer.Ordinal)) printer.Line("hint: " + advice);
            if (!write && reference is not null) printer.Line("with --write, pushes and deletions are tried, too");
        });
        return results.Find(one => one.Outcome == ProbeOutcome.Failed)?.Error is { } error ? ExitCodes.Of(error) : ExitCodes.Ok;
    }
}
