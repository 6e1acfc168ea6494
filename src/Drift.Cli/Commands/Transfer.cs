// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Copies an image between two places: what <c>push</c>, <c>pull</c> and <c>copy</c> share.</summary>
internal static class Transfer
{
    public static async Task<int> RunAsync(
        ImageLocation from, ImageLocation to, IReadOnlyList<Platform> platforms, ImageFormat? format, int? jobs, bool referrers, CliHost host, ParseResult result, CancellationToken cancellationToken)
    {
        if (referrers && to.Transport is not (ImageTransport.Registry or ImageTransport.OciLayout or ImageTransport.OciArchive)) throw new DriftException(ErrorCode.NotSupported, $"{to} has no place for referrers.", "Copy to a registry, oci:DIR or oci-archive:FILE, or leave --referrers out.");
        if (referrers && (format is not null || platforms.Count > 1)) throw new DriftException(ErrorCode.NotSupported, "An image that is changed has another digest, to which nothing refers.", "Leave --referrers out, or --format and all but one --platform.");
        var registries = host.Registries(result);
        var origin = await ImageOrigin.OpenAsync(from, registries, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var root = platforms is [var only] ? await origin.Source.SelectPlatformAsync(origin.Root, only, cancellationToken).ConfigureAwait(false) : origin.Root;
        var some = platforms.Count > 1 ? (await MultiPlatformImage.FromAsync(origin.Source, root, cancellationToken).ConfigureAwait(false)).WithPlatforms(platforms) : null;
        if (some is not null && format is not null) throw new DriftException(ErrorCode.NotSupported, "Several platforms cannot be chosen and converted at once.", "Copy them first, and convert the copy.");
        var destination = await ImageDestination.OpenAsync(to, platforms is [var platform] ? platform : null, registries, cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        using var progress = host.Progress(result);
        var sink = new ProgressSink(destination.Sink, progress);
        if (some is not null) root = (await some.PackAsync(sink, cancellationToken: cancellationToken).ConfigureAwait(false)).Descriptor;
        else if (format is { } wanted) root = await ImageConversion.ConvertAsync(origin.Source, root, sink, wanted, cancellationToken).ConfigureAwait(false);
        else if (referrers) await ImageCopy.CopyWithReferrersAsync((IReferrerSource)origin.Source, root, sink, jobs, cancellationToken).ConfigureAwait(false);
        else await ImageCopy.CopyAsync(origin.Source, root, sink, jobs, cancellationToken).ConfigureAwait(false);
        progress.Dispose();
        await destination.CompleteAsync(root, cancellationToken).ConfigureAwait(false);
        var report = new TransferReport(from.ToString(), to.ToString(), root.Digest.ToString());
        var printer = host.Printer(result);
        printer.Result(report, static () => OutputJsonContext.Default.TransferReport, () =>
        {
            printer.Line(report.Destination);
            printer.Line(report.Digest);
        });
        return ExitCodes.Ok;
    }
}
