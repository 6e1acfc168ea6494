// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace Drift.Machines;

/// <summary>The L1 table of an image, and the L2 tables that were needed last.</summary>
internal sealed class Qcow2Tables
{
    private const int CacheSize = 1024 * 1024, FewestTables = 4;
    private readonly IDiskSource _file;
    private readonly Qcow2Header _header;
    private readonly byte[] _l1;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, byte[]> _tables = [];
    private readonly Queue<int> _order = new();

    private Qcow2Tables(IDiskSource file, Qcow2Header header, byte[] l1)
    {
        _file = file;
        _header = header;
        _l1 = l1;
    }

    /// <summary>Reads the L1 table, whose size was checked with the header.</summary>
    public static async ValueTask<Qcow2Tables> ReadAsync(IDiskSource file, Qcow2Header header, CancellationToken cancellationToken)
    {
        var l1 = new byte[header.L1Count * 8];
        await file.ReadAsync(header.L1Offset, l1, cancellationToken).ConfigureAwait(false);
        return new Qcow2Tables(file, header, l1);
    }

    /// <summary>How many L2 tables the disk could have.</summary>
    public int Count => _header.L1Count;

    /// <summary>Whether there is an L2 table of this number.</summary>
    public bool Has(int number) => Offset(number) != 0;

    /// <summary>The L2 table of a number, which there is.</summary>
    /// <exception cref="Drift.Oci.DriftException">It is not in the file.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> TableAsync(int number, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_tables.TryGetValue(number, out var known)) return known;
        }
        var offset = Offset(number);
        if (offset % _header.ClusterSize != 0 || offset > _file.Length - _header.ClusterSize) throw Qcow2Format.Damaged(_file.Name, $"L2 table {number} is not in the file");
        var table = new byte[_header.ClusterSize];
        await _file.ReadAsync(offset, table, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_tables.TryAdd(number, table)) return table;
            _order.Enqueue(number);
            if (_order.Count > Math.Max(FewestTables, CacheSize / _header.ClusterSize)) _tables.Remove(_order.Dequeue());
        }
        return table;
    }

    /// <summary>An entry of a table, checked.</summary>
    public Qcow2Entry Entry(ReadOnlyMemory<byte> table, int index)
    {
        var bytes = table.Span[(index * _header.EntrySize)..];
        var entry = new Qcow2Entry(BinaryPrimitives.ReadUInt64BigEndian(bytes), _header.HasExtendedEntries ? BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) : 0);
        return entry.Problem(_header, _file.Length) is { } problem ? throw Qcow2Format.Damaged(_file.Name, problem) : entry;
    }

    private long Offset(int number) => (long)(BinaryPrimitives.ReadUInt64BigEndian(_l1.AsSpan(number * 8)) & Qcow2Format.OffsetMask);
}
