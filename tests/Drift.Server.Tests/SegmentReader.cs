// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>Reads a site segment as the server does: written from server/README.md alone, so that it checks the writer.</summary>
internal sealed class SegmentReader(byte[] bytes)
{
    private const int NotFound = 64;

    public uint TotalLength => U32(8);

    /// <summary>The head and body for a path; what the header tells for 404 when it has none.</summary>
    public (string Head, byte[] Body) Find(string path, bool close = false)
    {
        var answer = SlotOf(path) is { } slot ? slot + 8 : NotFound;
        var head = close ? answer + 8 : answer;
        return (Encoding.ASCII.GetString(Slice(head)), Slice(answer + 16).ToArray());
    }

    public int? SlotOf(string path)
    {
        var name = Encoding.ASCII.GetBytes(path);
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16));
        foreach (var b in name) hash = unchecked((hash ^ b) * 0x100000001b3);
        hash ^= hash >> 32;
        var multiplier = U32((int)(U32(24) + 4 * (hash & U32(12))));
        var slot = (int)(U32(32) + 32 * ((unchecked(hash * multiplier) >> 32) & U32(28)));
        return U32(slot + 4) == name.Length && Slice(slot).SequenceEqual(name) ? slot : null;
    }

    private ReadOnlySpan<byte> Slice(int record) => bytes.AsSpan(checked((int)U32(record)), checked((int)U32(record + 4)));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));
}
