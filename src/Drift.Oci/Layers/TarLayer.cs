// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A layer that writes its tar as a stream.</summary>
public abstract class TarLayer : Layer
{
    // Part of the cache's keys; another number for each change of the bytes that the same inputs give.
    private const int Format = 2;
    // A file system may tell times as coarsely as this.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    private protected TarLayer()
    {
    }

    /// <inheritdoc/>
    public sealed override async ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new PackOptions();
        if (options.Cache is not { } cache || InputsOf(options, looksAgain: false) is not { } inputs) return await PackAnewAsync(sink, options, null, cancellationToken).ConfigureAwait(false);
        if (await FromCacheAsync(cache, inputs.Digest, sink, cancellationToken).ConfigureAwait(false) is { } known) return known;

        var started = TimeProvider.System.GetUtcNow();
        var layer = await PackAnewAsync(sink, options, cache, cancellationToken).ConfigureAwait(false);
        // Remembered is only what did not change under the reader's hand: a file of this very moment may be changed again without another time.
        if (inputs.LatestChange < started - Settled && InputsOf(options, looksAgain: true)?.Digest == inputs.Digest)
        {
            await cache.AddAsync(inputs.Digest, layer, cancellationToken).ConfigureAwait(false);
        }
        return layer;
    }

    private static async ValueTask<PackedLayer?> FromCacheAsync(ILayerCache cache, Digest inputs, IImageSink sink, CancellationToken cancellationToken)
    {
        try
        {
            if (await cache.FindAsync(inputs, cancellationToken).ConfigureAwait(false) is not { } layer) return null;
            await layer.PackAsync(sink, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new PackedLayer(layer.Descriptor, layer.DiffId);
        }
        catch (DriftException e) when (e is ContentException || e.Code == ErrorCode.NotFound)
        {
            // The cache's copy is damaged or gone; packing puts another one in its place.
            return null;
        }
    }

    private async ValueTask<PackedLayer> PackAnewAsync(IImageSink sink, PackOptions options, ILayerCache? cache, CancellationToken cancellationToken)
    {
        var blob = await sink.CreateBlobAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = blob.ConfigureAwait(false);
        var copy = cache is null ? null : await cache.CreateBlobAsync(cancellationToken).ConfigureAwait(false);
        await using var ___ = (copy ?? Stream.Null).ConfigureAwait(false);
        using var stored = new HashingStream(copy is null ? blob : new ForkStream(blob, copy));
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
        if (copy is not null) await copy.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
        return new PackedLayer(descriptor, diffId);
    }

    /// <summary>What the layer's bytes depend on, and when it last changed; null when that is not known, or a file is gone.</summary>
    private (Digest Digest, DateTimeOffset LatestChange)? InputsOf(PackOptions options, bool looksAgain)
    {
        using var inputs = new LayerInputs(looksAgain);
        inputs.Add(Format);
        inputs.Add(GetType().Name);
        options.Compression.Describe(inputs);
        inputs.Add(options.Epoch);
        try
        {
            Describe(inputs, options);
        }
        catch (DriftException e) when (e.Code == ErrorCode.LayerSource)
        {
            return null;
        }
        return inputs.AreKnown ? (inputs.Finish(), DateTimeOffset.UnixEpoch.AddTicks(inputs.LatestChange / 100)) : null;
    }

    /// <summary>Adds to <paramref name="inputs"/> all that the layer's tar depends on; a layer that does not is never remembered.</summary>
    private protected virtual void Describe(LayerInputs inputs, PackOptions options) => inputs.AddUnknown();

    private protected abstract ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken);
}
