// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>Lists the files of an image's layers as a stream, a bounded number of them.</summary>
internal sealed class LayerListing(IImageSource source)
{
    /// <summary>How many files of one layer are listed.</summary>
    public const int Maximum = 100_000;

    // Of all layers, and of their paths and links in characters: a report is held in memory as a whole.
    private const int MaximumInAll = 1_000_000;
    private const long MaximumLength = 64L * MaximumInAll;
    private int _count;
    private long _length;

    /// <summary>Gives each file to <paramref name="list"/>, and returns how many more there are.</summary>
    public async Task<long> ReadAsync(Descriptor layer, Action<InspectFile> list, CancellationToken cancellationToken)
    {
        var reader = await LayerReader.OpenAsync(source, layer, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        long count = 0, leftOut = 0;
        for (; await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; count++)
        {
            var length = entry.Path.Length + entry.LinkTarget.Length;
            if (count >= Maximum || _count == MaximumInAll || _length + length > MaximumLength)
            {
                leftOut++;
                continue;
            }
            _count++;
            _length += length;
            list(InspectFile.Of(entry));
        }
        return leftOut;
    }

    /// <summary>A layer with its files, or with the reason why they cannot be listed.</summary>
    public async Task<InspectLayer> FillAsync(InspectLayer layer, CancellationToken cancellationToken)
    {
        var files = new List<InspectFile>();
        try
        {
            var leftOut = await ReadAsync(layer.Descriptor, files.Add, cancellationToken).ConfigureAwait(false);
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
