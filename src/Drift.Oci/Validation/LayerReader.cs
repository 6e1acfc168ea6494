// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Reads the files of a layer as a stream, decompressed as its media type says. Its digest is checked by the source when the last entry
/// was read.
/// </summary>
public sealed class LayerReader : IAsyncDisposable
{
    private readonly Descriptor _layer;
    private readonly Stream _blob;
    private readonly GzipReader? _gzip;
    private readonly TarReader _tar;

    private LayerReader(Descriptor layer, Stream blob)
    {
        _layer = layer;
        _blob = blob;
        _gzip = LayerMediaType.EncodingOf(layer.MediaType) == LayerEncoding.Gzip ? new GzipReader(blob) : null;
        _tar = new TarReader(_gzip ?? blob, layer.Digest.ToString());
    }

    /// <summary>Opens a layer.</summary>
    /// <exception cref="DriftException">It is compressed in a way that cannot be read here, or is no layer of files.</exception>
    public static async ValueTask<LayerReader> OpenAsync(IImageSource source, Descriptor layer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(layer);
        if (LayerMediaType.EncodingOf(layer.MediaType) is not (LayerEncoding.Tar or LayerEncoding.Gzip))
        {
            throw new DriftException(ErrorCode.NotSupported, $"The layer {layer.Digest} is of the type {layer.MediaType}, whose files cannot be read here.", "Push the image with layers that are compressed with gzip.");
        }
        return new LayerReader(layer, await source.OpenBlobAsync(layer, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Moves to the next entry; null after the last.</summary>
    /// <exception cref="DriftException">The layer is damaged.</exception>
    public async ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken = default)
    {
        TarEntry? entry;
        try
        {
            entry = await _tar.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException) when (_gzip?.Problem is not null)
        {
            throw Damaged();
        }
        if (entry is not null) return entry;
        // Reading on to both ends is what checks the digest.
        if (_gzip is not null) await _gzip.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        await _blob.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        return _gzip?.Problem is null or FindingId.CompressionTrailing ? null : throw Damaged();
    }

    /// <summary>Reads the content of the current entry; 0 at its end.</summary>
    public async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _tar.ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException) when (_gzip?.Problem is not null)
        {
            throw Damaged();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gzip is not null) await _gzip.DisposeAsync().ConfigureAwait(false);
        await _blob.DisposeAsync().ConfigureAwait(false);
    }

    private DriftException Damaged() =>
        new(ErrorCode.InvalidContent, $"The layer {_layer.Digest} does not decompress.", "Push the image again; this layer is damaged or cut off.");
}
