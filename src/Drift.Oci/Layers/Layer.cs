// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A plan for one layer of an image. <see cref="PackAsync"/> turns it into bytes and facts.</summary>
public abstract class Layer
{
    /// <summary>
    /// Streams the layer into <paramref name="sink"/> once: tar, diffID, compression, digest. Memory does not grow with its size.
    /// </summary>
    public abstract ValueTask<PackedLayer> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default);
}
