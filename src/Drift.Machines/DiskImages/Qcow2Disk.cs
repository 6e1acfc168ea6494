// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Drift.Machines;

/// <summary>The disk inside of a qcow2 image, version 2 or 3. Reference counts are not looked at: they say nothing about the content.</summary>
internal sealed class Qcow2Disk : IDiskSource
{
    private readonly IDiskSource _file;
    private readonly Qcow2Tables _tables;
    private readonly ConcurrentBag<ClusterCodec> _codecs = [];

    private Qcow2Disk(IDiskSource file, Qcow2Header header, Qcow2Tables tables)
    {
        _file = file;
        Header = header;
        _tables = tables;
    }

    /// <summary>Opens the image that a file is, and owns the file from then on.</summary>
    /// <exception cref="Drift.Oci.DriftException">The image is damaged, or of a kind that Drift does not read.</exception>
    public static async ValueTask<Qcow2Disk> OpenAsync(IDiskSource file, CancellationToken cancellationToken = default)
    {
        var header = await Qcow2Header.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        return new Qcow2Disk(file, header, await Qcow2Tables.ReadAsync(file, header, cancellationToken).ConfigureAwait(false));
    }

    public Qcow2Header Header { get; }

    public string Name => _file.Name;

    public long Length => Header.Length;

    public int BlockSize => Header.ClusterSize;

    public async IAsyncEnumerable<DiskExtent> FindDataAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Each cluster of the disk has bytes of its own in the file: a small file does not stand for a large disk.
        var room = DiskFormat.RoundUp(_file.Length, Header.ClusterSize);
        for (var number = 0; number < _tables.Count; number++)
        {
            if (!_tables.Has(number)) continue;
            var table = await _tables.TableAsync(number, cancellationToken).ConfigureAwait(false);
            var first = (long)number * Header.EntriesOfTable;
            var count = (int)Math.Min(Header.EntriesOfTable, DiskFormat.CountOf(Length, Header.ClusterSize) - first);
            for (var index = 0; index < count;)
            {
                var start = index;
                for (; index < count && _tables.Entry(table, index) is var entry && entry.HasData(Header.HasExtendedEntries); index++)
                {
                    room -= entry.IsCompressed ? Header.SmallestCompressed : Header.ClusterSize;
                    if (room < 0) throw Qcow2Format.Damaged(Name, "its tables refer to more clusters than the file has");
                }
                if (index == start) index++;
                else yield return Extent(first + start, first + index);
            }
        }
    }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var cluster = offset >> Header.ClusterBits;
            var inside = (int)(offset & (Header.ClusterSize - 1));
            var part = buffer[..Math.Min(buffer.Length, Header.ClusterSize - inside)];
            var number = (int)(cluster / Header.EntriesOfTable);
            if (!_tables.Has(number))
            {
                part.Span.Clear();
            }
            else
            {
                var table = await _tables.TableAsync(number, cancellationToken).ConfigureAwait(false);
                await ReadAsync(_tables.Entry(table, (int)(cluster % Header.EntriesOfTable)), inside, part, cancellationToken).ConfigureAwait(false);
            }
            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_codecs.TryTake(out var codec)) codec.Dispose();
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private DiskExtent Extent(long start, long end) =>
        new(start << Header.ClusterBits, Math.Min(Length, end << Header.ClusterBits) - (start << Header.ClusterBits));

    private async ValueTask ReadAsync(Qcow2Entry entry, int inside, Memory<byte> part, CancellationToken cancellationToken)
    {
        if (!entry.HasData(Header.HasExtendedEntries)) part.Span.Clear();
        else if (entry.IsCompressed) await DecompressAsync(entry.Compressed(Header.ClusterBits), inside, part, cancellationToken).ConfigureAwait(false);
        else await ReadFileAsync(entry.Offset + inside, part, cancellationToken).ConfigureAwait(false);
        if (Header.HasExtendedEntries && !entry.IsCompressed) ClearSubclusters((uint)entry.Subclusters, inside, part.Span);
    }

    /// <summary>What comes after the end of the file inside of its last cluster is zeros, as QEMU has it.</summary>
    private async ValueTask ReadFileAsync(long offset, Memory<byte> part, CancellationToken cancellationToken)
    {
        var length = (int)Math.Clamp(_file.Length - offset, 0, part.Length);
        await _file.ReadAsync(offset, part[..length], cancellationToken).ConfigureAwait(false);
        part.Span[length..].Clear();
    }

    private void ClearSubclusters(uint allocated, int inside, Span<byte> part)
    {
        var size = Header.ClusterSize / Qcow2Format.Subclusters;
        for (var at = 0; at < part.Length;)
        {
            var subcluster = (inside + at) / size;
            var end = Math.Min(part.Length, (subcluster + 1) * size - inside);
            if ((allocated >> subcluster & 1) == 0) part[at..end].Clear();
            at = end;
        }
    }

    private async ValueTask DecompressAsync(DiskExtent extent, int inside, Memory<byte> part, CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(extent.Length, _file.Length - extent.Offset);
        var input = ArrayPool<byte>.Shared.Rent(length);
        var whole = part.Length == Header.ClusterSize ? null : ArrayPool<byte>.Shared.Rent(Header.ClusterSize);
        if (!_codecs.TryTake(out var codec)) codec = ClusterCodec.Create(Header.Compression, Header.ClusterBits);
        try
        {
            await _file.ReadAsync(extent.Offset, input.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            var output = whole is null ? part : whole.AsMemory(0, Header.ClusterSize);
            if (!codec.TryDecompress(input.AsMemory(0, length), output)) throw Qcow2Format.Damaged(Name, $"a compressed cluster, at {extent.Offset} in the file, does not decompress");
            if (whole is not null) output.Slice(inside, part.Length).CopyTo(part);
        }
        finally
        {
            _codecs.Add(codec);
            ArrayPool<byte>.Shared.Return(input);
            if (whole is not null) ArrayPool<byte>.Shared.Return(whole);
        }
    }
}
