// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace Drift.Machines;

/// <summary>The qcow2 that Drift writes: version 3, clusters of 64 KiB, counts of 16 bits, one L1 table and no snapshots.</summary>
internal static class Qcow2Layout
{
    public const int ClusterBits = 16, ClusterSize = 1 << ClusterBits;

    /// <summary>How many entries of 8 bytes a cluster holds: those of an L2 or of a refcount table.</summary>
    public const int EntriesOfCluster = ClusterSize / 8;

    /// <summary>How many counts a refcount block holds.</summary>
    public const int RefcountsOfBlock = ClusterSize / 2;

    private const int HeaderSize = 112, RefcountOrder = 4;

    /// <summary>How many entries the L1 table of a disk has.</summary>
    public static int L1Count(long length) => checked((int)DiskFormat.CountOf(length, (long)ClusterSize * EntriesOfCluster));

    /// <summary>How many clusters an L1 table takes; there is one even for an empty disk.</summary>
    public static long L1Clusters(long length) => Math.Max(1, DiskFormat.CountOf(L1Count(length), EntriesOfCluster));

    /// <summary>How many clusters the refcount table and the blocks take that count themselves and <paramref name="others"/>.</summary>
    public static (long Table, long Blocks) RefcountClusters(long others)
    {
        long table = 1, blocks = 1;
        while (true)
        {
            var needed = DiskFormat.CountOf(others + table + blocks, RefcountsOfBlock);
            if (needed <= blocks && DiskFormat.CountOf(blocks, EntriesOfCluster) <= table) return (table, blocks);
            blocks = Math.Max(blocks, needed);
            table = Math.Max(table, DiskFormat.CountOf(blocks, EntriesOfCluster));
        }
    }

    /// <summary>The entry of a cluster, or an L2 table, that nothing else refers to.</summary>
    public static ulong Entry(long offset) => (ulong)offset | Qcow2Format.Copied;

    /// <summary>The entry of a compressed cluster of <paramref name="length"/> bytes.</summary>
    public static ulong CompressedEntry(long offset, int length)
    {
        // The sectors that it touches, less the first one.
        var sectors = (ulong)((offset + length - 1) / DiskFormat.SectorSize - offset / DiskFormat.SectorSize);
        return Qcow2Format.Compressed | (sectors << (62 - (ClusterBits - 8))) | (ulong)offset;
    }

    /// <summary>The first cluster of a file.</summary>
    public static byte[] Header(long length, Qcow2Compression compression, long l1Offset, long refcountTableOffset, long refcountTableClusters)
    {
        var header = new byte[ClusterSize];
        Put(0, Qcow2Format.Magic);
        Put(4, 3);
        Put(20, ClusterBits);
        PutLong(24, length);
        Put(36, (uint)L1Count(length));
        PutLong(40, l1Offset);
        PutLong(48, refcountTableOffset);
        Put(56, (uint)refcountTableClusters);
        PutLong(72, compression == Qcow2Compression.Zlib ? 0 : (long)Qcow2Format.CompressionType);
        Put(96, RefcountOrder);
        Put(100, HeaderSize);
        header[Qcow2Format.HeaderSize3] = (byte)compression;
        // The name of what the image needs, for readers that do not know it; the end of the extensions is zeros.
        if (compression == Qcow2Compression.Zlib) return header;
        Put(HeaderSize, Qcow2Format.FeatureNames);
        Put(HeaderSize + 4, Qcow2Format.FeatureNameSize);
        header[HeaderSize + 9] = 3;
        Encoding.ASCII.GetBytes("compression type", header.AsSpan(HeaderSize + 10));
        return header;

        void Put(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(at), value);
        void PutLong(int at, long value) => BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(at), value);
    }
}
