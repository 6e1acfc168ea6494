// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Drift.Oci;

/// <summary>One gzip member (RFC 1952): a block may refer to the end of the one before, and their CRCs are combined.</summary>
/// <param name="effort">How hard to look for matches; null for fast, and thorough where there is one block.</param>
internal sealed class GzipFormat(DeflateEffort? effort = null) : BlockFormat
{
    /// <summary>How much input a block takes, in bytes: enough to keep a core busy.</summary>
    public const int BlockSize = 1024 * 1024;

    // Deflate, no name, no time, an unknown system.
    private static readonly byte[] MemberHeader = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    private readonly ConcurrentBag<DeflateEncoder> _encoders = [];
    private uint _crc;
    private long _length;

    public override ReadOnlyMemory<byte> Header => MemberHeader;

    public override CompressionBlock CreateBlock() => new(DeflateFormat.WindowSize, BlockSize, DeflateEncoder.MaximumSize(BlockSize));

    public override void Compress(CompressionBlock block, bool isOnly)
    {
        if (!_encoders.TryTake(out var encoder)) encoder = new DeflateEncoder();
        block.Crc = Crc32.Of(block.Input);
        block.Compress((input, output) => encoder.Encode(input.InputInWindow, input.InputInWindow.Length - input.Length, output, effort ?? (isOnly ? DeflateEffort.Thorough : DeflateEffort.Fast)));
        _encoders.Add(encoder);
    }

    public override void Append(CompressionBlock block)
    {
        _crc = Crc32.Combine(_crc, block.Crc, block.Length);
        _length += block.Length;
    }

    public override ReadOnlyMemory<byte> Trailer()
    {
        // An empty last block with the fixed code, then CRC-32 and size modulo 2^32.
        var end = new byte[10];
        end[0] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)_length);
        return end;
    }

    public override void Dispose()
    {
    }
}
