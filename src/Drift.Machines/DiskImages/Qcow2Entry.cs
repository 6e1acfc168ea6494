// SPDX-License-Identifier: Apache-2.0

using System.Numerics;

namespace Drift.Machines;

/// <summary>An L2 entry: what a cluster of the disk is stored as.</summary>
/// <param name="Word">The first 8 bytes.</param>
/// <param name="Subclusters">The bitmaps of an extended entry: what is allocated in the lower half, what is zero in the upper one. 0 for a plain entry.</param>
internal readonly record struct Qcow2Entry(ulong Word, ulong Subclusters)
{
    public bool IsCompressed => (Word & Qcow2Format.Compressed) != 0;

    /// <summary>Where the cluster is in the file; 0 for none. Not for a compressed one.</summary>
    public long Offset => (long)(Word & Qcow2Format.OffsetMask);

    /// <summary>Where a compressed cluster is in the file, and how many bytes it takes at most: up to the end of its last sector.</summary>
    public DiskExtent Compressed(int clusterBits)
    {
        var offsetBits = 62 - (clusterBits - 8);
        var offset = (long)(Word & ((1UL << offsetBits) - 1));
        var sectors = (long)((Word & (Qcow2Format.Compressed - 1)) >> offsetBits) + 1;
        return new DiskExtent(offset, sectors * DiskFormat.SectorSize - offset % DiskFormat.SectorSize);
    }

    /// <summary>Whether the cluster has bytes in the file.</summary>
    public bool HasData(bool isExtended) => IsCompressed || (Offset != 0 && (isExtended ? (uint)Subclusters != 0 : (Word & Qcow2Format.Zero) == 0));

    /// <summary>What is wrong with the entry; null for nothing.</summary>
    public string? Problem(Qcow2Header header, long fileLength)
    {
        if (IsCompressed)
        {
            if (Subclusters != 0) return "a compressed cluster has subclusters";
            return Compressed(header.ClusterBits).Offset < fileLength ? null : "a compressed cluster is not in the file";
        }
        if ((Word & ~(Qcow2Format.OffsetMask | Qcow2Format.Copied | Qcow2Format.Zero)) != 0) return $"an L2 entry has bits that mean nothing (0x{Word:x})";
        if ((Word & Qcow2Format.Zero) != 0 && (header.Version == 2 || header.HasExtendedEntries)) return "an L2 entry has a flag that its version does not know";
        if (Offset % header.ClusterSize != 0) return "a cluster is not at a multiple of its size";
        if (BitOperations.PopCount(Subclusters & (Subclusters >> Qcow2Format.Subclusters) & uint.MaxValue) > 0) return "a subcluster is both zero and not";
        if (!HasData(header.HasExtendedEntries)) return header.HasExtendedEntries && Offset == 0 && (uint)Subclusters != 0 ? "a subcluster is nowhere" : null;
        return Offset < fileLength ? null : "a cluster is not in the file: the file is cut, or its tables lie";
    }
}
