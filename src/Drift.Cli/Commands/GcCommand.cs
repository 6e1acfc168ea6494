// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Distribution;

namespace Drift.Cli;

/// <summary><c>drift gc DIR</c></summary>
internal sealed class GcCommand : Command
{
    private readonly Argument<string> _directory = new("DIR") { Description = "The folder of an OCI layout" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Tell what would be deleted, and delete nothing" };
    private readonly TimeOption _grace = new("--grace", "Leave blobs that are younger than this: a writer may be about to list them [default: 1h]");

    public GcCommand(CliHost host)
        : base("gc", "Delete the blobs of a layout that none of its images needs")
    {
        Arguments.Add(_directory);
        Options.Add(_dryRun);
        Options.Add(_grace);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var directory = result.GetRequiredValue(_directory);
        var dryRun = result.GetValue(_dryRun);
        var garbage = await OciLayout.Open(directory).CollectGarbageAsync(result.GetValue(_grace) ?? TimeSpan.FromHours(1), dryRun, cancellationToken).ConfigureAwait(false);
        var report = new GcReport(directory, dryRun, [.. garbage.Blobs.Select(blob => blob.ToString())], garbage.Size, garbage.TooYoung);
        var printer = host.Printer(result);
        printer.Result(report, static () => OutputJsonContext.Default.GcReport, () =>
        {
            foreach (var blob in report.Blobs) printer.Line(blob);
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"{(dryRun ? "would free" : "freed")} {report.Size:N0} B in {report.Blobs.Count} blobs{(report.TooYoung > 0 ? $"; {report.TooYoung} more are too young" : "")}"));
        });
        return ExitCodes.Ok;
    }
}
