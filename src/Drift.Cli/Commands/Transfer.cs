// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Copies an image between two places: what <c>push</c> and <c>pull</c> share.</summary>
internal static class Transfer
{
    public static async Task<int> RunAsync(ImageLocation from, ImageLocation to, Platform? platform, ImageFormat? format, RegistryClient registries, Printer printer, CancellationToken cancellationToken)
    {
        var origin = await ImageOrigin.OpenAsync(from, registries, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var root = platform is null ? origin.Root : await origin.Source.SelectPlatformAsync(origin.Root, platform, cancellationToken).ConfigureAwait(false);
        var destination = await ImageDestination.OpenAsync(to, platform, registries, cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        if (format is { } wanted) root = await ImageConversion.ConvertAsync(origin.Source, root, destination.Sink, wanted, cancellationToken).ConfigureAwait(false);
        else await ImageCopy.CopyAsync(origin.Source, root, destination.Sink, cancellationToken: cancellationToken).ConfigureAwait(false);
        await destination.CompleteAsync(root, cancellationToken).ConfigureAwait(false);
        var report = new TransferReport(from.ToString(), to.ToString(), root.Digest.ToString());
        printer.Result(report, static () => OutputJsonContext.Default.TransferReport, () =>
        {
            printer.Line(report.Destination);
            printer.Line(report.Digest);
        });
        return ExitCodes.Ok;
    }
}
