// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>Lists the files of a layer as a stream.</summary>
internal static class LayerListing
{
    /// <summary>How many files of one layer are listed.</summary>
    public const int Maximum = 100_000;

    /// <summary>Gives each file to <paramref name="list"/>, and returns how many more there are.</summary>
    public static async Task<long> ReadAsync(IImageSource source, Descriptor layer, Action<InspectFile> list, CancellationToken cancellationToken)
    {
        var reader = await LayerReader.OpenAsync(source, layer, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        long count = 0;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            if (count++ < Maximum) list(InspectFile.Of(entry));
        }
        return Math.Max(0, count - Maximum);
    }

    /// <summary>A layer with its files, or with the reason why they cannot be listed.</summary>
    public static async Task<InspectLayer> FillAsync(IImageSource source, InspectLayer layer, CancellationToken cancellationToken)
    {
        var files = new List<InspectFile>();
        try
        {
            var leftOut = await ReadAsync(source, layer.Descriptor, files.Add, cancellationToken).ConfigureAwait(false);
            return layer with { Files = files, FilesLeftOut = leftOut > 0 ? leftOut : null };
        }
        catch (DriftException e) when (IsOfTheLayer(e))
        {
            return layer with { Files = files, Problem = e.Message };
        }
    }

    /// <summary>Whether the layer is at fault, not its store: the other layers are still worth listing.</summary>
    public static bool IsOfTheLayer(DriftException e) =>
        e.Code is ErrorCode.InvalidContent or ErrorCode.ContentMismatch or ErrorCode.NotSupported or ErrorCode.NotFound;
}
