// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Where an image's bytes come from. Content that does not match its descriptor never gets through.</summary>
public interface IImageSource
{
    /// <summary>
    /// Opens a blob. The stream throws <see cref="ContentException"/> at its end, at the latest, when the digest or the size differs.
    /// </summary>
    ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default);

    /// <summary>The exact bytes of a manifest or an index, checked against the descriptor.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default);
}
