// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Globalization;
using Drift.Registry;

namespace Drift.Cli;

/// <summary><c>drift registry gc</c></summary>
internal sealed class RegistryGcCommand : Command
{
    private readonly Option<string?> _storage = RegistryServeOptions.Storage();
    private readonly ObjectStorageOptions _objects = new();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Tell what would be deleted, and delete nothing" };
    private readonly TimeOption _grace = new("--grace", "Leave what was asked for within this time: a push may be about to name it [default: 1h]");

    public RegistryGcCommand(CliHost host)
        : base("gc", "Delete what no manifest in a registry's folder needs; the registry may go on serving")
    {
        foreach (var option in (Option[])[_storage, _dryRun, _grace]) Options.Add(option);
        _objects.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var storage = RegistryServeOptions.StorageOf(result.GetValue(_storage), host);
        var dryRun = result.GetValue(_dryRun);
        var garbage = await RegistryGarbage.CollectAsync(storage, result.GetValue(_grace) ?? TimeSpan.FromHours(1), _objects.Read(result, host), dryRun, cancellationToken).ConfigureAwait(false);
        var report = new RegistryGcReport(storage, dryRun, [.. garbage.Blobs.Select(blob => blob.ToString()).Order(StringComparer.Ordinal)], garbage.Size, garbage.TooYoung);
        var printer = host.Printer(result);
        printer.Result(report, static () => OutputJsonContext.Default.RegistryGcReport, () =>
        {
            foreach (var blob in report.Blobs) printer.Line(blob);
            printer.Line(string.Create(CultureInfo.InvariantCulture, $"{(dryRun ? "would free" : "freed")} {report.Size:N0} B in {report.Blobs.Count} blobs{(report.TooYoung > 0 ? $"; {report.TooYoung} more are too young" : "")}"));
        });
        return ExitCodes.Ok;
    }
}
