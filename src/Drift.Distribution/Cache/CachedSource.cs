// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A source whose blobs and manifests are fetched once. A blob is fetched as a whole before it is read.</summary>
internal sealed class CachedSource(IImageSource source, ImageCache cache) : IImageSource
{
    /// <summary>Where what is not cached comes from.</summary>
    public IImageSource Inner => source;

    public async ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (!cache.Contains(descriptor)) await FetchAsync(descriptor, cancellationToken).ConfigureAwait(false);
        // What the cache could not keep is fetched past it.
        return await (cache.Contains(descriptor) ? (IImageSource)cache : source).OpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (cache.Contains(descriptor)) return await cache.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (await cache.CreateBlobAsync(cancellationToken).ConfigureAwait(false) is { } copy)
        {
            await using var _ = copy.ConfigureAwait(false);
            await copy.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            await copy.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
        }
        return bytes;
    }

    private async Task FetchAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        if (await cache.CreateBlobAsync(cancellationToken).ConfigureAwait(false) is not { } copy) return;
        await using var _ = copy.ConfigureAwait(false);
        var blob = await source.OpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        await using var __ = blob.ConfigureAwait(false);
        await blob.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
        await copy.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
    }
}
