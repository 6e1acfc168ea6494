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
    private readonly LayerDecompressor? _decompressor;
    private readonly TarReader _tar;

    private LayerReader(Descriptor layer, Stream blob)
    {
        _layer = layer;
        _blob = blob;
        _decompressor = LayerDecompressor.Open(LayerMediaType.EncodingOf(layer.MediaType), blob);
        _tar = new TarReader(_decompressor ?? blob, layer.Digest.ToString());
    }

    /// <summary>Opens a layer.</summary>
    /// <exception cref="DriftException">It is no layer of files, or compressed by zstd where libzstd is not there.</exception>
    public static async ValueTask<LayerReader> OpenAsync(IImageSource source, Descriptor layer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(layer);
        if (LayerMediaType.EncodingOf(layer.MediaType) == LayerEncoding.Unknown)
        {
            throw new DriftException(ErrorCode.NotSupported, $"The layer {layer.Digest} is of the type {layer.MediaType}, whose files cannot be read here.", "Push the image with layers that are compressed with gzip or zstd.");
        }
        var blob = await source.OpenBlobAsync(layer, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LayerReader(layer, blob);
        }
        catch
        {
            await blob.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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
        catch (DriftException) when (_decompressor?.Fault is not null)
        {
            throw Damaged();
        }
        if (entry is not null) return entry;
        // Reading on to both ends is what checks the digest.
        if (_decompressor is not null) await _decompressor.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        await _blob.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        return _decompressor?.Fault is null ? null : throw Damaged();
    }

    /// <summary>Reads the content of the current entry; 0 at its end.</summary>
    public async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _tar.ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException) when (_decompressor?.Fault is not null)
        {
            throw Damaged();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_decompressor is not null) await _decompressor.DisposeAsync().ConfigureAwait(false);
        await _blob.DisposeAsync().ConfigureAwait(false);
    }

    private DriftException Damaged() =>
        new(ErrorCode.InvalidContent, $"The layer {_layer.Digest} does not decompress: {_decompressor!.Fault}", "Push the image again; this layer is damaged or cut off.");
}
