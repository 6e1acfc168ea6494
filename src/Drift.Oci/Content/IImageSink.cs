// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Where an image's bytes go: a registry upload, a layout folder, an archive, or nothing.</summary>
public interface IImageSink
{
    /// <summary>Whether the sink already has this blob, so that it need not be written.</summary>
    ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default);

    /// <summary>
    /// Begins a blob. <paramref name="expected"/> is what it will be, when that is known before its bytes are. Bytes that are not
    /// committed are discarded when the stream is disposed.
    /// </summary>
    ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a blob over from <paramref name="source"/> without its bytes passing through here, as a registry can between its
    /// repositories. False when that cannot be done; the blob has to be written then.
    /// </summary>
    ValueTask<bool> TryMountBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default) => new(false);

    /// <summary>Takes a blob from <paramref name="source"/>, byte by byte; a sink that can go on after a failure does so here.</summary>
    async ValueTask ReceiveBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var input = await source.OpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        await using var _ = input.ConfigureAwait(false);
        var output = await CreateBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        await using var __ = output.ConfigureAwait(false);
        await input.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        await output.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a manifest or an index under its digest. What it refers to has been stored before.</summary>
    ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);
}
