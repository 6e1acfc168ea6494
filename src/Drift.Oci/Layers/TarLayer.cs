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
        if (options.Compression.CreateFormat() is { } format)
        {
            var compressed = new BlockCompressionStream(stored, format);
            await using var __ = compressed.ConfigureAwait(false);
            await WriteTarAsync(compressed, options, cancellationToken).ConfigureAwait(false);
            diffId = await compressed.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            using var plain = new HashingStream(stored);
            await WriteTarAsync(plain, options, cancellationToken).ConfigureAwait(false);
            diffId = plain.Finish();
        }
        var descriptor = new Descriptor { MediaType = options.Compression.MediaType, Digest = stored.Finish(), Size = stored.Count };
        await blob.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
        return new PackedLayer(descriptor, diffId);
    }

    private protected abstract ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken);
}
