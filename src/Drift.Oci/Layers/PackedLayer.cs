// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// A layer whose bytes exist: in the sink that it was packed into, or in the image that it comes from. Packing it again copies the bytes
/// only when they come from a known place and the sink lacks them.
/// </summary>
public sealed class PackedLayer : Layer
{
    private readonly IImageSource? _source;

    /// <summary>Creates the layer from its facts.</summary>
    /// <param name="descriptor">The layer as it is stored.</param>
    /// <param name="diffId">The digest of the uncompressed tar.</param>
    /// <param name="source">Where the bytes are; null when every sink that this layer is packed into has them.</param>
    public PackedLayer(Descriptor descriptor, Digest diffId, IImageSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Descriptor = descriptor;
        DiffId = diffId;
        _source = source;
    }

    /// <summary>The layer as it is stored: media type, digest and size of the compressed bytes.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>The digest of the uncompressed tar.</summary>
    public Digest DiffId { get; }

    /// <summary>Copies the layer from where it is, unless the sink has it, or the layer is fetched from its maker only.</summary>
    public override async ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (_source is not null && !MediaTypes.IsForeignLayer(Descriptor.MediaType)) await sink.CopyBlobAsync(_source, Descriptor, cancellationToken).ConfigureAwait(false);
        return this;
    }

    /// <summary>Opens the layer's tar, decompressed. Whoever reads it to its end has checked the digest, the size and the diffID.</summary>
    /// <exception cref="DriftException">The layer has no known place, or a compression that is not read here.</exception>
    public async ValueTask<Stream> OpenTarAsync(CancellationToken cancellationToken = default)
    {
        if (_source is null) throw new InvalidOperationException("The layer was created without a source.");
        var stored = await _source.OpenBlobAsync(Descriptor, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LayerTarStream(stored, this);
        }
        catch
        {
            await stored.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the layer to its end, which checks its digests, and visits every entry with its number.</summary>
    internal async ValueTask ReadEntriesAsync(Func<TarEntry, int, TarReader, ValueTask> visit, CancellationToken cancellationToken)
    {
        var tar = await OpenTarAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = tar.ConfigureAwait(false);
        var reader = new TarReader(tar, Descriptor.Digest.ToString());
        for (var ordinal = 0; await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; ordinal++)
        {
            await visit(entry, ordinal, reader).ConfigureAwait(false);
        }
        await tar.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
    }
}
