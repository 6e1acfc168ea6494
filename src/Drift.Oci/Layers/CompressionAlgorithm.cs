// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>What <see cref="LayerCompression"/> chooses from.</summary>
internal enum CompressionAlgorithm
{
    /// <summary>Plain tar.</summary>
    None,
    /// <summary>gzip (RFC 1952).</summary>
    Gzip,
    /// <summary>Zstandard (RFC 8878).</summary>
    Zstd,
}
