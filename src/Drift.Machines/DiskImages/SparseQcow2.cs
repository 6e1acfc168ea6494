// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Binary;

namespace Drift.Machines;

/// <summary>
/// The qcow2 file that a disk would be, uncompressed and without what the disk leaves out. Its size is known from the start, and every byte of
/// it can be read at any time, so that it can be sent in parts, and a part again, without being stored: header, reference counts, L1, L2, data.
/// </summary>
internal sealed class SparseQcow2 : IDiskSource
{
    private readonly IDiskSource _disk;
    private readonly List<ClusterRun> _runs;
    private readonly List<long> _tables;
    private readonly long _refcountTableClusters;
    private readonly long _blocksStart, _l1Start, _l2Start, _dataStart;
    private readonly long _end;

    private SparseQcow2(IDiskSource disk, List<ClusterRun> runs)
    {
        _disk = disk;
        _tables = TablesOf(runs);
        var data = runs.Sum(static run => run.Count);
        var l1 = Qcow2Layout.L1Clusters(disk.Length);
        (_refcountTableClusters, var blocks) = Qcow2Layout.RefcountClusters(1 + l1 + _tables.Count + data);
        _blocksStart = 1 + _refcountTableClusters;
        _l1Start = _blocksStart + blocks;
        _l2Start = _l1Start + l1;
        _dataStart = _l2Start + _tables.Count;
        _end = _dataStart + data;
        _runs = runs.ConvertAll(run => run with { File = run.File + _dataStart });
    }

    /// <summary>Finds out what the file will be; the disk stays the caller's.</summary>
    /// <exception cref="Drift.Oci.DriftException">What describes the disk is damaged.</exception>
    public static async Task<SparseQcow2> OfAsync(IDiskSource disk, CancellationToken cancellationToken = default)
    {
        var runs = new List<ClusterRun>();
        var (next, stored) = (0L, 0L);
        await foreach (var extent in disk.FindDataAsync(cancellationToken).ConfigureAwait(false))
        {
            var first = Math.Max(next, extent.Offset / Qcow2Layout.ClusterSize);
            next = Math.Max(next, DiskFormat.CountOf(extent.End, Qcow2Layout.ClusterSize));
            if (first == next) continue;
            if (runs.Count > 0 && runs[^1] is var last && last.Disk + last.Count == first) runs[^1] = last with { Count = last.Count + next - first };
            else runs.Add(new ClusterRun(first, stored, next - first));
            stored += next - first;
        }
        return new SparseQcow2(disk, runs);
    }

    public string Name => _disk.Name;

    public long Length => _end * Qcow2Layout.ClusterSize;

    public int BlockSize => Math.Max(_disk.BlockSize, Qcow2Layout.ClusterSize);

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var table = ArrayPool<byte>.Shared.Rent(Qcow2Layout.ClusterSize);
        try
        {
            while (!buffer.IsEmpty)
            {
                var cluster = offset / Qcow2Layout.ClusterSize;
                var inside = (int)(offset % Qcow2Layout.ClusterSize);
                var run = cluster < _dataStart ? default : _runs[LastRun(static run => run.File, cluster)];
                var length = (int)Math.Min(buffer.Length, (run.Count > 0 ? run.File + run.Count - cluster : 1) * Qcow2Layout.ClusterSize - inside);
                if (run.Count > 0)
                {
                    await ReadDiskAsync((run.Disk + cluster - run.File) * Qcow2Layout.ClusterSize + inside, buffer[..length], cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    FillTable(cluster, table.AsSpan(0, Qcow2Layout.ClusterSize));
                    table.AsMemory(inside, length).CopyTo(buffer);
                }
                offset += length;
                buffer = buffer[length..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(table);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The last cluster of the file is whole, that of the disk need not be.</summary>
    private async ValueTask ReadDiskAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var length = (int)Math.Clamp(_disk.Length - offset, 0, buffer.Length);
        await _disk.ReadAsync(offset, buffer[..length], cancellationToken).ConfigureAwait(false);
        buffer.Span[length..].Clear();
    }

    private void FillTable(long cluster, Span<byte> table)
    {
        table.Clear();
        if (cluster == 0) Qcow2Layout.Header(_disk.Length, Qcow2Compression.Zlib, _l1Start * Qcow2Layout.ClusterSize, Qcow2Layout.ClusterSize, _refcountTableClusters).CopyTo(table);
        else if (cluster < _blocksStart) FillRefcountTable((cluster - 1) * Qcow2Layout.EntriesOfCluster, table);
        else if (cluster < _l1Start) FillRefcountBlock((cluster - _blocksStart) * Qcow2Layout.RefcountsOfBlock, table);
        else if (cluster < _l2Start) FillL1((cluster - _l1Start) * Qcow2Layout.EntriesOfCluster, table);
        else FillL2(_tables[(int)(cluster - _l2Start)] * Qcow2Layout.EntriesOfCluster, table);
    }

    private void FillRefcountTable(long firstBlock, Span<byte> table)
    {
        var count = Math.Min(Qcow2Layout.EntriesOfCluster, _l1Start - _blocksStart - firstBlock);
        for (var i = 0; i < count; i++) BinaryPrimitives.WriteInt64BigEndian(table[(8 * i)..], (_blocksStart + firstBlock + i) * Qcow2Layout.ClusterSize);
    }

    private void FillRefcountBlock(long firstCluster, Span<byte> table)
    {
        // Everything in the file is referred to once.
        var count = Math.Clamp(_end - firstCluster, 0, Qcow2Layout.RefcountsOfBlock);
        for (var i = 0; i < count; i++) table[2 * i + 1] = 1;
    }

    private void FillL1(long firstTable, Span<byte> table)
    {
        var found = _tables.BinarySearch(firstTable);
        for (var i = found < 0 ? ~found : found; i < _tables.Count && _tables[i] < firstTable + Qcow2Layout.EntriesOfCluster; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(table[(int)(8 * (_tables[i] - firstTable))..], Qcow2Layout.Entry((_l2Start + i) * Qcow2Layout.ClusterSize));
        }
    }

    private void FillL2(long firstCluster, Span<byte> table)
    {
        for (var i = LastRun(static run => run.Disk, firstCluster); i < _runs.Count && _runs[i].Disk < firstCluster + Qcow2Layout.EntriesOfCluster; i++)
        {
            var run = _runs[i];
            var start = Math.Max(run.Disk, firstCluster);
            var end = Math.Min(run.Disk + run.Count, firstCluster + Qcow2Layout.EntriesOfCluster);
            for (var cluster = start; cluster < end; cluster++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(table[(int)(8 * (cluster - firstCluster))..], Qcow2Layout.Entry((run.File + cluster - run.Disk) * Qcow2Layout.ClusterSize));
            }
        }
    }

    /// <summary>The number of the last run that does not begin after a cluster; 0 when all of them do.</summary>
    private int LastRun(Func<ClusterRun, long> start, long cluster)
    {
        var (low, high) = (0, _runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (start(_runs[middle]) <= cluster) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    /// <summary>The numbers of the L2 tables that runs need.</summary>
    private static List<long> TablesOf(List<ClusterRun> runs)
    {
        var tables = new List<long>();
        foreach (var run in runs)
        {
            for (var table = run.Disk / Qcow2Layout.EntriesOfCluster; table * Qcow2Layout.EntriesOfCluster < run.Disk + run.Count; table++)
            {
                if (tables.Count == 0 || tables[^1] != table) tables.Add(table);
            }
        }
        return tables;
    }
}
