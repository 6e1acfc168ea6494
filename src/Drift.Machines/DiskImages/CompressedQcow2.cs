// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace Drift.Machines;

/// <summary>
/// Writes a disk as qcow2 with compressed clusters. Reading, compressing and writing go on at once; the bytes depend on the disk alone, not on
/// the number of cores. Memory is a few units for each core and two bytes for each cluster of the file.
/// </summary>
internal sealed class CompressedQcow2
{
    // Enough to keep a core busy for some milliseconds.
    private const int UnitSize = 1024 * 1024;
    private const int LargestParallelism = 16;
    private readonly IDiskSource _source;
    private readonly Stream _output;
    private readonly long _start;
    private readonly Qcow2Compression _compression;
    private readonly Qcow2Allocation _allocation = new();
    private readonly byte[] _l1;
    private readonly byte[] _table = new byte[Qcow2Layout.ClusterSize];
    private long _tableNumber = -1;

    private CompressedQcow2(IDiskSource source, Stream output, Qcow2Compression compression)
    {
        _source = source;
        _output = output;
        _start = output.Position;
        _compression = compression;
        _l1 = new byte[Qcow2Layout.L1Clusters(source.Length) * Qcow2Layout.ClusterSize];
    }

    /// <summary>Writes a disk at the position of a stream that can seek and has nothing after it; the position is the image's end afterwards.</summary>
    /// <param name="source">The disk.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="compression">How clusters are compressed.</param>
    /// <param name="progress">Told how far on the disk writing has come.</param>
    /// <param name="parallelism">How many units are worked on at once; by default as many as there are cores.</param>
    /// <param name="cancellationToken">Ends it; what was written is no image then.</param>
    /// <exception cref="Drift.Oci.DriftException">The disk cannot be read.</exception>
    public static Task WriteAsync(IDiskSource source, Stream output, Qcow2Compression compression, IProgress<DiskProgress>? progress = null, int? parallelism = null, CancellationToken cancellationToken = default) =>
        new CompressedQcow2(source, output, compression).WriteAsync(progress, parallelism ?? Math.Min(Environment.ProcessorCount, LargestParallelism), cancellationToken);

    private async Task WriteAsync(IProgress<DiskProgress>? progress, int parallelism, CancellationToken cancellationToken)
    {
        _ = _allocation.TakeClusters(1);
        var l1Offset = _allocation.TakeClusters(_l1.Length / Qcow2Layout.ClusterSize);
        await WriteUnitsAsync(progress, parallelism, cancellationToken).ConfigureAwait(false);
        await FlushTableAsync(cancellationToken).ConfigureAwait(false);
        var (table, blocks) = Qcow2Layout.RefcountClusters(_allocation.End / Qcow2Layout.ClusterSize);
        var tableOffset = _allocation.TakeClusters(table);
        await WriteRefcountsAsync(tableOffset, table, _allocation.TakeClusters(blocks), blocks, cancellationToken).ConfigureAwait(false);
        await PutAsync(l1Offset, _l1, cancellationToken).ConfigureAwait(false);
        await PutAsync(0, Qcow2Layout.Header(_source.Length, _compression, l1Offset, tableOffset, table), cancellationToken).ConfigureAwait(false);
        _output.Position = _start + _allocation.End;
    }

    private async Task WriteUnitsAsync(IProgress<DiskProgress>? progress, int parallelism, CancellationToken cancellationToken)
    {
        var size = Math.Max(UnitSize, _source.BlockSize);
        var pending = new Queue<(ClusterUnit Unit, Task Done)>();
        var free = new Stack<ClusterUnit>();
        var next = 0L;
        try
        {
            await foreach (var extent in _source.FindDataAsync(cancellationToken).ConfigureAwait(false))
            {
                for (next = Math.Max(next, extent.Offset & -size); next < extent.End; next += size)
                {
                    if (pending.Count > parallelism) await TakeOldestAsync().ConfigureAwait(false);
                    var (unit, offset) = (free.TryPop(out var used) ? used : new ClusterUnit(size, _compression), next);
                    pending.Enqueue((unit, Task.Run(() => unit.FillAsync(_source, offset, cancellationToken), CancellationToken.None)));
                }
            }
            while (pending.Count > 0) await TakeOldestAsync().ConfigureAwait(false);
            progress?.Report(new DiskProgress(_source.Length, _source.Length));
        }
        finally
        {
            // What was given up is let go of, so that nothing reads on after this.
            foreach (var (unit, done) in pending)
            {
                await done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                unit.Dispose();
            }
            foreach (var unit in free) unit.Dispose();
        }

        async ValueTask TakeOldestAsync()
        {
            var (unit, done) = pending.Peek();
            await done.ConfigureAwait(false);
            await WriteAsync(unit, cancellationToken).ConfigureAwait(false);
            progress?.Report(new DiskProgress(unit.Offset, _source.Length));
            free.Push(pending.Dequeue().Unit);
        }
    }

    private async ValueTask WriteAsync(ClusterUnit unit, CancellationToken cancellationToken)
    {
        for (var index = 0; index < unit.Count; index++)
        {
            var (content, isCompressed) = unit.Cluster(index);
            if (content.IsEmpty) continue;
            var offset = isCompressed ? _allocation.TakeBytes(content.Length) : _allocation.TakeClusters(1);
            await PutAsync(offset, content, cancellationToken).ConfigureAwait(false);
            var cluster = unit.Offset / Qcow2Layout.ClusterSize + index;
            if (cluster / Qcow2Layout.EntriesOfCluster != _tableNumber) await FlushTableAsync(cancellationToken).ConfigureAwait(false);
            _tableNumber = cluster / Qcow2Layout.EntriesOfCluster;
            Entry(_table, cluster % Qcow2Layout.EntriesOfCluster, isCompressed ? Qcow2Layout.CompressedEntry(offset, content.Length) : Qcow2Layout.Entry(offset));
        }
    }

    /// <summary>Writes the L2 table that is complete, after what it refers to.</summary>
    private async ValueTask FlushTableAsync(CancellationToken cancellationToken)
    {
        if (_tableNumber < 0) return;
        var offset = _allocation.TakeClusters(1);
        await PutAsync(offset, _table, cancellationToken).ConfigureAwait(false);
        Entry(_l1, _tableNumber, Qcow2Layout.Entry(offset));
        Array.Clear(_table);
    }

    private async ValueTask WriteRefcountsAsync(long tableOffset, long tableClusters, long blocksOffset, long blocks, CancellationToken cancellationToken)
    {
        var table = new byte[tableClusters * Qcow2Layout.ClusterSize];
        for (var number = 0; number < blocks; number++)
        {
            var offset = blocksOffset + (long)number * Qcow2Layout.ClusterSize;
            BinaryPrimitives.WriteInt64BigEndian(table.AsSpan(number * 8), offset);
            _allocation.WriteBlock(number * Qcow2Layout.RefcountsOfBlock, _table);
            await PutAsync(offset, _table, cancellationToken).ConfigureAwait(false);
        }
        await PutAsync(tableOffset, table, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PutAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // Setting it empties the stream's buffer.
        if (_output.Position != _start + offset) _output.Position = _start + offset;
        await _output.WriteAsync(content, cancellationToken).ConfigureAwait(false);
    }

    private static void Entry(byte[] table, long index, ulong entry) => BinaryPrimitives.WriteUInt64BigEndian(table.AsSpan((int)index * 8), entry);
}
