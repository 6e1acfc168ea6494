// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Writes one gzip member (RFC 1952) at a time by the encoder that also makes layers, as small as it can. Used again for one file after another.</summary>
internal sealed class SiteGzip
{
    private const int Level = 9;
    // Deflate, no name, no time, an unknown system.
    private static readonly byte[] Header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    private readonly DeflateEncoder _encoder = new();
    private readonly byte[] _output = new byte[DeflateEncoder.MaximumSize(SiteCompressor.BlockSize)];
    private uint _crc;
    private uint _length;

    internal void Begin(SiteVariant variant)
    {
        _crc = 0;
        _length = 0;
        variant.Write(Header);
    }

    /// <summary>Adds <c>input[start..]</c>; what is before may be referred to.</summary>
    internal void Add(SiteVariant variant, ReadOnlySpan<byte> input, int start)
    {
        var added = input[start..];
        _crc = Crc32.Combine(_crc, Crc32.Of(added), added.Length);
        unchecked
        {
            _length += (uint)added.Length;
        }
        variant.Write(_output.AsSpan(0, _encoder.Encode(input, start, _output, DeflateEffort.OfLevel(Level))));
    }

    internal void End(SiteVariant variant)
    {
        // An empty last block with the fixed code, then CRC-32 and size modulo 2^32.
        Span<byte> end = stackalloc byte[10];
        end[0] = 3;
        end[1] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(end[2..], _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end[6..], _length);
        variant.Write(end);
    }
}
