// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>Writes bits into a buffer, the lowest first, as deflate packs them (RFC 1951, section 3.1.1).</summary>
internal ref struct BitWriter(Span<byte> output)
{
    private readonly Span<byte> _output = output;
    private ulong _bits;
    private int _bitCount;
    private int _length;

    /// <summary>Adds bits. At most 48 may be added between two calls of <see cref="Flush"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(uint value, int count)
    {
        _bits |= (ulong)value << _bitCount;
        _bitCount += count;
    }

    /// <summary>Moves whole bytes to the output; fewer than 8 bits stay behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Flush()
    {
        // The buffer's size allows for the worst case (DeflateEncoder.MaximumSize); a mistake in that must not become a stray write.
        if ((uint)_length > (uint)(_output.Length - 8)) throw new InvalidOperationException("The output is full.");
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetReference(_output), _length), _bits);
        var bytes = _bitCount >> 3;
        _length += bytes;
        // A shift by 64 would shift by nothing; at most 55 bits wait here.
        _bits >>= bytes << 3;
        _bitCount &= 7;
    }

    /// <summary>Fills the current byte with zero bits.</summary>
    public void Align()
    {
        _bitCount = (_bitCount + 7) & ~7;
        Flush();
    }

    /// <summary>Appends bytes at a byte's border.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output[_length..]);
        _length += bytes.Length;
    }

    /// <summary>How many bytes were written, up to a byte's border.</summary>
    public readonly int Length => _length;
}
