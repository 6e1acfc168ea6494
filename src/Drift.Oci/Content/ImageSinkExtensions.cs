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
}
