// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace Drift.Machines;

/// <summary>Hands out room in a qcow2 file that is written, and counts how many refer to each of its clusters.</summary>
internal sealed class Qcow2Allocation
{
    private readonly List<ushort> _counts = [];
    private long _room;

    /// <summary>The end of what was handed out, in bytes: a multiple of the cluster size.</summary>
    public long End => (long)_counts.Count << Qcow2Layout.ClusterBits;

    /// <summary>Room for whole clusters.</summary>
    public long TakeClusters(long count)
    {
        var offset = End;
        for (; count > 0; count--) _counts.Add(1);
        return offset;
    }

    /// <summary>Room for a compressed cluster, close to the one before.</summary>
    public long TakeBytes(int length)
    {
        var border = DiskFormat.RoundUp(_room, Qcow2Layout.ClusterSize);
        // It may go on in the next cluster of the file only if that is not taken yet.
        if (length > border - _room && border != End) _room = End;
        var offset = _room;
        _room += length;
        for (var cluster = (int)(offset >> Qcow2Layout.ClusterBits); (long)cluster << Qcow2Layout.ClusterBits < _room; cluster++)
        {
            if (cluster == _counts.Count) _counts.Add(0);
            _counts[cluster]++;
        }
        return offset;
    }

    /// <summary>Fills a refcount block with what is counted from a cluster on.</summary>
    public void WriteBlock(int firstCluster, Span<byte> block)
    {
        block.Clear();
        var count = Math.Min(Qcow2Layout.RefcountsOfBlock, _counts.Count - firstCluster);
        for (var i = 0; i < count; i++) BinaryPrimitives.WriteUInt16BigEndian(block[(2 * i)..], _counts[firstCluster + i]);
    }
}
