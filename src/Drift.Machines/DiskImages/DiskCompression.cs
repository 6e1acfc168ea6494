// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>How a disk image is written.</summary>
internal enum DiskCompression
{
    /// <summary>qcow2 whose clusters are compressed with zlib.</summary>
    Zlib,
    /// <summary>qcow2 whose clusters are compressed with zstd.</summary>
    Zstd,
    /// <summary>qcow2 whose clusters are as they are; its size is known before it is written.</summary>
    None,
}
