// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A layer that writes its tar as a stream.</summary>
public abstract class TarLayer : Layer
{
    private protected TarLayer()
    {
    }

    /// <inheritdoc/>
    public sealed override async ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new PackOptions();
        var blob = await sink.CreateBlobAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = blob.ConfigureAwait(false);
        using var stored = new HashingStream(blob);
        Digest diffId;
        if (options.Compression == LayerCompression.None)
        {
            diffId = await WriteHashedAsync(stored).ConfigureAwait(false);
        }
        else
        {
            var gzip = new BlockGzipStream(stored);
            await using var __ = gzip.ConfigureAwait(false);
            diffId = await WriteHashedAsync(gzip).ConfigureAwait(false);
            await gzip.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        var descriptor = new Descriptor
        {
            MediaType = options.Compression == LayerCompression.None ? MediaTypes.OciLayer : MediaTypes.OciLayerGzip,
            Digest = stored.Finish(),
            Size = stored.Count,
        };
        await blob.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
        return new PackedLayer(descriptor, diffId);

        async ValueTask<Digest> WriteHashedAsync(Stream output)
        {
            using var hashed = new HashingStream(output);
            await WriteTarAsync(hashed, options, cancellationToken).ConfigureAwait(false);
            return hashed.Finish();
        }
    }

    private protected abstract ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken);
}
