// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Remembers packed layers by what went into them, so that a layer whose files did not change is not read again. A cache never makes a
/// build fail: what it cannot keep it forgets.
/// </summary>
public interface ILayerCache
{
    /// <summary>The layer that was packed from these inputs, to be packed again from the cache's copy; null when there is none.</summary>
    /// <param name="inputs">The digest of everything that the layer's bytes depend on.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    ValueTask<PackedLayer?> FindAsync(Digest inputs, CancellationToken cancellationToken = default);

    /// <summary>Begins the cache's copy of a blob; null when it takes none.</summary>
    ValueTask<BlobStream?> CreateBlobAsync(CancellationToken cancellationToken = default);

    /// <summary>Remembers a layer whose blob was committed before.</summary>
    ValueTask AddAsync(Digest inputs, PackedLayer layer, CancellationToken cancellationToken = default);
}
