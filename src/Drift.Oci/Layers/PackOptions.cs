// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>How plans become bytes.</summary>
public sealed record PackOptions
{
    /// <summary>How layers are compressed that are not packed yet.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>
    /// The time that everything is stamped with, in seconds since 1970: the value of <c>SOURCE_DATE_EPOCH</c>
    /// (reproducible-builds.org), or else 0.
    /// </summary>
    public long Epoch { get; init; }

    /// <summary>Remembers layers from one packing to the next; null for none.</summary>
    public ILayerCache? Cache { get; init; }
}
