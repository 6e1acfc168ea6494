// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>How the bytes of a layer are to be read, as its media type says.</summary>
internal enum LayerEncoding
{
    /// <summary>It is no layer of files.</summary>
    Unknown,
    /// <summary>Plain tar.</summary>
    Tar,
    /// <summary>gzip-compressed tar.</summary>
    Gzip,
    /// <summary>zstd-compressed tar.</summary>
    Zstd,
}
