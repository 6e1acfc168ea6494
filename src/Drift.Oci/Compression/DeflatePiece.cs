// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>
/// Literals and matches that share one Huffman code: one block in deflate's sense (RFC 1951, section 3.2.3). It is stored as it is where a
/// code would take more room.
/// </summary>
internal sealed class DeflatePiece
{
    // Long enough to pay for a code, short enough to follow the content.
    private const int Capacity = 16 * 1024;
    private const int LongestStored = 65535;
    private const int CodeLengthLimit = 7;

    // A table's entry: the code in the lower bits, how many they are in the upper ones.
    private const int CodeBits = 24;
    private const uint CodeMask = (1u << CodeBits) - 1;

    // A literal is its byte. A match has its length in bits 0 to 8, a one in bit 9, the distance's symbol in bits 10 to 14, and the
    // distance less 1 in bits 16 to 30.
    private const uint LengthMask = 511;
    private const uint Match = 512;
    private const int DistanceSymbolShift = 10;
    private const int DistanceShift = 16;
    private readonly uint[] _literalTable = new uint[256];
    private readonly uint[] _lengthTable = new uint[DeflateFormat.MaximumMatch + 1];
    private readonly uint[] _distanceTable = new uint[DeflateFormat.DistanceSymbols];
    private readonly uint[] _symbols = new uint[Capacity];
    private readonly HuffmanCode _literals = new(DeflateFormat.LiteralSymbols);
    private readonly HuffmanCode _distances = new(DeflateFormat.DistanceSymbols);
    private readonly HuffmanCode _codeLengths = new(19);
    private readonly List<(byte Symbol, byte Extra)> _runs = [];
    private int _count;

    public bool IsFull => _count == Capacity;

    public void Clear()
    {
        _count = 0;
        Array.Clear(_literals.Frequencies);
        Array.Clear(_distances.Frequencies);
        _literals.Frequencies[DeflateFormat.EndOfBlock] = 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLiteral(byte value)
    {
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_literals.Frequencies), (int)value)++;
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_symbols), _count++) = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddMatch(int length, int distance)
    {
        var distanceSymbol = DeflateFormat.DistanceSymbol(distance);
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_literals.Frequencies), 257 + (int)(DeflateFormat.Lengths[length] & 0xff))++;
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_distances.Frequencies), distanceSymbol)++;
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_symbols), _count++) =
            ((uint)(distance - 1) << DistanceShift) | ((uint)distanceSymbol << DistanceSymbolShift) | Match | (uint)length;
    }

    /// <summary>Writes the piece, which stands for <paramref name="content"/>.</summary>
    public void Write(ref BitWriter writer, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) return;
        _literals.Build(DeflateFormat.MaximumCodeLength);
        _distances.Build(DeflateFormat.MaximumCodeLength);
        var literalCount = Used(_literals, 257);
        var distanceCount = Used(_distances, 1);
        CollectRuns(literalCount, distanceCount);
        var codeLengthCount = 19;
        while (codeLengthCount > 4 && _codeLengths.Lengths[DeflateFormat.CodeLengthOrder[codeLengthCount - 1]] == 0) codeLengthCount--;

        if (CodedBits(codeLengthCount) >= 8L * content.Length)
        {
            WriteStored(ref writer, content);
            return;
        }
        // Not the last block; a dynamic code (its type is 2).
        writer.Add(0b10_0, 3);
        writer.Add((uint)(literalCount - 257), 5);
        writer.Add((uint)(distanceCount - 1), 5);
        writer.Add((uint)(codeLengthCount - 4), 4);
        writer.Flush();
        for (var i = 0; i < codeLengthCount; i++)
        {
            writer.Add(_codeLengths.Lengths[DeflateFormat.CodeLengthOrder[i]], 3);
            writer.Flush();
        }
        foreach (var (symbol, extra) in _runs)
        {
            writer.Add(_codeLengths.Codes[symbol], _codeLengths.Lengths[symbol]);
            writer.Add(extra, ExtraBitsOfRun(symbol));
            writer.Flush();
        }
        WriteSymbols(ref writer);
    }

    /// <summary>Moves on to a byte's border: an empty stored block (what zlib calls a sync flush).</summary>
    public static void WriteBorder(ref BitWriter writer)
    {
        writer.Add(0, 3);
        writer.Align();
        writer.Add(0xffff0000, 32);
        writer.Flush();
    }

    /// <summary>Ends the stream: an empty last block with the fixed code.</summary>
    public static void WriteEnd(ref BitWriter writer)
    {
        writer.Add(0b01_1, 3 + 7);
        writer.Align();
    }

    private void WriteSymbols(ref BitWriter writer)
    {
        FillTables();
        ref var literals = ref MemoryMarshal.GetArrayDataReference(_literalTable);
        ref var matchLengths = ref MemoryMarshal.GetArrayDataReference(_lengthTable);
        ref var distances = ref MemoryMarshal.GetArrayDataReference(_distanceTable);
        var room = 0;
        foreach (var symbol in _symbols.AsSpan(0, _count))
        {
            if (symbol < 256)
            {
                var literal = Unsafe.Add(ref literals, (int)symbol);
                writer.Add(literal & CodeMask, (int)(literal >> CodeBits));
                // Three literals of at most 15 bits fit between two flushes, and so does one match.
                if (++room < 3) continue;
            }
            else
            {
                if (room > 0) writer.Flush();
                var length = Unsafe.Add(ref matchLengths, (int)(symbol & LengthMask));
                writer.Add(length & CodeMask, (int)(length >> CodeBits));
                var distanceSymbol = (int)(symbol >> DistanceSymbolShift) & 31;
                var distance = Unsafe.Add(ref distances, distanceSymbol);
                writer.Add(distance & CodeMask, (int)(distance >> CodeBits));
                var extra = DeflateFormat.DistanceExtraBits(distanceSymbol);
                writer.Add((symbol >> DistanceShift) & ((1u << extra) - 1), extra);
            }
            writer.Flush();
            room = 0;
        }
        if (room > 0) writer.Flush();
        writer.Add(_literals.Codes[DeflateFormat.EndOfBlock], _literals.Lengths[DeflateFormat.EndOfBlock]);
        writer.Flush();
    }

    /// <summary>Codes beside their lengths in bits, a match's length with its extra bits: one look a symbol.</summary>
    private void FillTables()
    {
        for (var literal = 0; literal < _literalTable.Length; literal++)
        {
            _literalTable[literal] = _literals.Codes[literal] | ((uint)_literals.Lengths[literal] << CodeBits);
        }
        for (var length = DeflateFormat.MinimumMatch; length <= DeflateFormat.MaximumMatch; length++)
        {
            var packed = DeflateFormat.Lengths[length];
            var symbol = 257 + (int)(packed & 0xff);
            var bits = (uint)_literals.Lengths[symbol];
            _lengthTable[length] = _literals.Codes[symbol] | ((packed >> 16) << (int)bits) | ((bits + ((packed >> 8) & 0xff)) << CodeBits);
        }
        for (var symbol = 0; symbol < DeflateFormat.DistanceSymbols; symbol++)
        {
            _distanceTable[symbol] = _distances.Codes[symbol] | ((uint)_distances.Lengths[symbol] << CodeBits);
        }
    }

    /// <summary>The bits of the dynamic form, its head included.</summary>
    private long CodedBits(int codeLengthCount)
    {
        long bits = 3 + 5 + 5 + 4 + 3 * codeLengthCount;
        foreach (var (symbol, _) in _runs) bits += _codeLengths.Lengths[symbol] + ExtraBitsOfRun(symbol);
        for (var symbol = 0; symbol < _literals.Frequencies.Length; symbol++) bits += (long)_literals.Frequencies[symbol] * (_literals.Lengths[symbol] + (symbol < 265 ? 0 : symbol == 285 ? 0 : (symbol - 261) >> 2));
        for (var symbol = 0; symbol < _distances.Frequencies.Length; symbol++) bits += (long)_distances.Frequencies[symbol] * (_distances.Lengths[symbol] + DeflateFormat.DistanceExtraBits(symbol));
        return bits;
    }

    private static void WriteStored(ref BitWriter writer, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var part = content[..Math.Min(content.Length, LongestStored)];
            writer.Add(0, 3);
            writer.Align();
            writer.Add((uint)part.Length, 16);
            writer.Add((uint)part.Length ^ 0xffff, 16);
            writer.Flush();
            writer.Append(part);
            content = content[part.Length..];
        }
    }

    /// <summary>Both codes' lengths as runs (section 3.2.7), and the code for those.</summary>
    private void CollectRuns(int literalCount, int distanceCount)
    {
        Span<byte> lengths = stackalloc byte[literalCount + distanceCount];
        _literals.Lengths.AsSpan(0, literalCount).CopyTo(lengths);
        _distances.Lengths.AsSpan(0, distanceCount).CopyTo(lengths[literalCount..]);
        _runs.Clear();
        for (var i = 0; i < lengths.Length;)
        {
            var value = lengths[i];
            var run = 1;
            while (i + run < lengths.Length && lengths[i + run] == value) run++;
            i += run;
            if (value == 0)
            {
                for (; run >= 11; run -= Math.Min(run, 138)) _runs.Add((18, (byte)(Math.Min(run, 138) - 11)));
                if (run >= 3) _runs.Add((17, (byte)(run - 3)));
                else for (; run > 0; run--) _runs.Add((0, 0));
                continue;
            }
            _runs.Add((value, 0));
            run--;
            for (; run >= 3; run -= Math.Min(run, 6)) _runs.Add((16, (byte)(Math.Min(run, 6) - 3)));
            for (; run > 0; run--) _runs.Add((value, 0));
        }
        Array.Clear(_codeLengths.Frequencies);
        foreach (var (symbol, _) in _runs) _codeLengths.Frequencies[symbol]++;
        _codeLengths.Build(CodeLengthLimit);
    }

    private static int ExtraBitsOfRun(int symbol) => symbol switch { 16 => 2, 17 => 3, 18 => 7, _ => 0 };

    /// <summary>How many symbols the code has up to its last one, and at least <paramref name="least"/>.</summary>
    private static int Used(HuffmanCode code, int least)
    {
        var count = code.Lengths.Length;
        while (count > least && code.Lengths[count - 1] == 0) count--;
        return count;
    }
}
