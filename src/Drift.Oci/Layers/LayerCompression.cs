// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>How a layer's tar is stored.</summary>
public enum LayerCompression
{
    /// <summary>gzip, which every runtime reads.</summary>
    Gzip,
    /// <summary>Plain tar.</summary>
    None,
}
