// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>What every sink can do with what it has.</summary>
public static class ImageSinkExtensions
{
    /// <summary>Writes a small blob, unless the sink has it.</summary>
    public static async ValueTask WriteBlobAsync(this IImageSink sink, Descriptor descriptor, ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (await sink.ContainsBlobAsync(descriptor, cancellationToken).ConfigureAwait(false)) return;
        var blob = await sink.CreateBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        await using var _ = blob.ConfigureAwait(false);
        await blob.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        await blob.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies a blob, unless the sink has it or can take it over without its bytes.</summary>
    public static async ValueTask CopyBlobAsync(this IImageSink sink, IImageSource source, Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(source);
        if (await sink.ContainsBlobAsync(descriptor, cancellationToken).ConfigureAwait(false)) return;
        if (await sink.TryMountBlobAsync(descriptor, source, cancellationToken).ConfigureAwait(false)) return;
        await sink.ReceiveBlobAsync(descriptor, source, cancellationToken).ConfigureAwait(false);
    }
}
