// SPDX-License-Identifier: Apache-2.0

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>
/// Compresses blocks to deflate (RFC 1951) by greedy matching over hash chains. The output depends on the input alone, not on a library's
/// version, the processor or other blocks: that is what makes compressed layers reproducible. One instance serves one block at a time.
/// </summary>
/// <param name="window">How far back a match may be, in bytes, at most 32 KiB: some readers know less.</param>
internal sealed class DeflateEncoder(int window = DeflateFormat.WindowSize)
{
    private const int HashBits = 16;
    private const int WindowMask = DeflateFormat.WindowSize - 1;
    // Places are read 8 bytes at a time; the last ones of a block become literals.
    private const int ReadAhead = 8;
    private const int ShortestMatch = 4;
    // Four times, a place older than any that can be referred to. Bytes are filled in no time, numbers only once that is compiled.
    private const byte Never = 0x80;

    private readonly int[] _heads = new int[1 << HashBits];
    private readonly int[] _previous = new int[DeflateFormat.WindowSize];
    private readonly DeflatePiece _piece = new();

    /// <summary>The most bytes that a block of <paramref name="size"/> bytes becomes.</summary>
    public static int MaximumSize(int size) => size + size / 1024 + 1024;

    /// <summary>
    /// Compresses <c>input[start..]</c> into <paramref name="output"/> and returns how many bytes that took. What is before
    /// <paramref name="start"/>, at most 32 KiB, may be referred to. The result ends at a byte's border, and the stream with it if the block
    /// is the last one.
    /// </summary>
    public int Encode(ReadOnlySpan<byte> input, int start, Span<byte> output, DeflateEffort effort, bool isLast = false)
    {
        var writer = new BitWriter(output);
        ref var bytes = ref MemoryMarshal.GetReference(input);
        ref var heads = ref MemoryMarshal.GetArrayDataReference(_heads);
        ref var previous = ref MemoryMarshal.GetArrayDataReference(_previous);
        MemoryMarshal.AsBytes(_heads.AsSpan()).Fill(Never);
        var end = input.Length - ReadAhead;
        for (var i = 0; i < Math.Min(start, end); i++) Insert(ref heads, ref previous, Hash(Read32(ref bytes, i)), i);

        var position = start;
        var pieceStart = start;
        var misses = 0;
        _piece.Clear();
        while (position < input.Length)
        {
            if (_piece.IsFull)
            {
                _piece.Write(ref writer, input[pieceStart..position]);
                _piece.Clear();
                pieceStart = position;
            }
            if (position >= end)
            {
                _piece.AddLiteral(Unsafe.Add(ref bytes, position++));
                continue;
            }

            // 1. The longest match among the latest places that begin alike.
            var word = Read32(ref bytes, position);
            var hash = Hash(word);
            var candidate = Unsafe.Add(ref heads, (int)hash);
            Unsafe.Add(ref previous, position & WindowMask) = candidate;
            Unsafe.Add(ref heads, (int)hash) = position;
            var oldest = position - window;
            var limit = Math.Min(DeflateFormat.MaximumMatch, input.Length - position);
            int length = 0, distance = 0;
            for (var left = effort.Depth; candidate >= oldest; )
            {
                if (Unsafe.Add(ref bytes, candidate + length) == Unsafe.Add(ref bytes, position + length) && Read32(ref bytes, candidate) == word)
                {
                    var found = MatchLength(ref bytes, candidate, position, limit);
                    if (found > length)
                    {
                        length = found;
                        distance = position - candidate;
                        if (length >= effort.Nice || length == limit) break;
                    }
                }
                if (--left == 0) break;
                candidate = Unsafe.Add(ref previous, candidate & WindowMask);
            }

            // 2. It, or one byte.
            if (length < ShortestMatch)
            {
                _piece.AddLiteral((byte)word);
                position++;
                misses++;
                // Where nothing matches for long, as in what is compressed already, it is looked for less and less often.
                for (var skip = Math.Min(misses >> 5, end - position); skip > 0 && !_piece.IsFull; skip--) _piece.AddLiteral(Unsafe.Add(ref bytes, position++));
                continue;
            }
            misses = 0;
            _piece.AddMatch(length, distance);
            var next = position + length;
            var last = Math.Min(next, end);
            for (position++; position < last; position += effort.Stride) Insert(ref heads, ref previous, Hash(Read32(ref bytes, position)), position);
            position = next;
        }
        _piece.Write(ref writer, input[pieceStart..]);
        if (isLast) DeflatePiece.WriteEnd(ref writer);
        else DeflatePiece.WriteBorder(ref writer);
        return writer.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(ref byte bytes, int candidate, int position, int limit)
    {
        var length = ShortestMatch;
        while (length + 8 <= limit)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, candidate + length)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, position + length));
            if (difference != 0) return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            length += 8;
        }
        while (length < limit && Unsafe.Add(ref bytes, candidate + length) == Unsafe.Add(ref bytes, position + length)) length++;
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(ref int heads, ref int previous, uint hash, int position)
    {
        Unsafe.Add(ref previous, position & WindowMask) = Unsafe.Add(ref heads, (int)hash);
        Unsafe.Add(ref heads, (int)hash) = position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ref byte bytes, int position) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, position));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(uint word) => (word * 0x1E35A7BDu) >> (32 - HashBits);
}
