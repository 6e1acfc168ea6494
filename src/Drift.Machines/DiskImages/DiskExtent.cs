// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>A part of a disk, in bytes.</summary>
internal readonly record struct DiskExtent(long Offset, long Length)
{
    /// <summary>The first byte after it.</summary>
    public long End => Offset + Length;
}
