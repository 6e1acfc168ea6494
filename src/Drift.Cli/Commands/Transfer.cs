// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Copies an image between two places: what <c>push</c>, <c>pull</c> and <c>copy</c> share.</summary>
internal static class Transfer
{
    public static async Task<int> RunAsync(
        ImageLocation from, ImageLocation to, IReadOnlyList<Platform> platforms, ImageFormat? format, int? jobs, RegistryClient registries, Printer printer, CancellationToken cancellationToken)
    {
        var origin = await ImageOrigin.OpenAsync(from, registries, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var root = platforms is [var only] ? await origin.Source.SelectPlatformAsync(origin.Root, only, cancellationToken).ConfigureAwait(false) : origin.Root;
        var some = platforms.Count > 1 ? (await MultiPlatformImage.FromAsync(origin.Source, root, cancellationToken).ConfigureAwait(false)).WithPlatforms(platforms) : null;
        if (some is not null && format is not null) throw new DriftException(ErrorCode.NotSupported, "Several platforms cannot be chosen and converted at once.", "Copy them first, and convert the copy.");
        var destination = await ImageDestination.OpenAsync(to, platforms is [var platform] ? platform : null, registries, cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        if (some is not null) root = (await some.PackAsync(destination.Sink, cancellationToken: cancellationToken).ConfigureAwait(false)).Descriptor;
        else if (format is { } wanted) root = await ImageConversion.ConvertAsync(origin.Source, root, destination.Sink, wanted, cancellationToken).ConfigureAwait(false);
        else await ImageCopy.CopyAsync(origin.Source, root, destination.Sink, jobs, cancellationToken).ConfigureAwait(false);
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
