// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>How the clusters of a qcow2 image are compressed; the numbers are those of its header.</summary>
internal enum Qcow2Compression : byte
{
    /// <summary>Raw deflate (RFC 1951) with a window of 4 KiB: what every reader knows.</summary>
    Zlib = 0,
    /// <summary>Zstandard (RFC 8878), for readers of QEMU 5.1 and later.</summary>
    Zstd = 1,
}
