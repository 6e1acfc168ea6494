// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// A layer whose bytes exist: in the sink that it was packed into, or in the image that it comes from. Packing it again copies nothing.
/// </summary>
public sealed class PackedLayer : Layer
{
    /// <summary>Creates the layer from its facts.</summary>
    /// <param name="descriptor">The layer as it is stored.</param>
    /// <param name="diffId">The digest of the uncompressed tar.</param>
    public PackedLayer(Descriptor descriptor, Digest diffId)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        Descriptor = descriptor;
        DiffId = diffId;
    }

    /// <summary>The layer as it is stored: media type, digest and size of the compressed bytes.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>The digest of the uncompressed tar.</summary>
    public Digest DiffId { get; }

    /// <inheritdoc/>
    public override ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default) =>
        new(this);
}
