// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>One block on its way through a <see cref="BlockGzipStream"/>: input, compressed by some core, output. It is used again and again.</summary>
internal sealed class GzipBlock
{
    /// <summary>How much input a block takes, in bytes: enough to keep a core busy, and the same on every machine.</summary>
    public const int Size = 1024 * 1024;

    private readonly byte[] _input = new byte[DeflateFormat.WindowSize + Size];
    private readonly byte[] _output = new byte[DeflateEncoder.MaximumSize(Size)];
    private readonly DeflateEncoder _encoder = new();
    private int _start;
    private int _end;
    private int _outputLength;

    /// <summary>Where more input goes; empty when the block is full.</summary>
    public Memory<byte> Room => _input.AsMemory(_end, DeflateFormat.WindowSize + Size - _end);

    /// <summary>How many bytes of input it has.</summary>
    public int Length => _end - _start;

    /// <summary>The CRC of the input, after <see cref="Compress"/>.</summary>
    public uint Crc { get; private set; }

    /// <summary>The deflate blocks, after <see cref="Compress"/>.</summary>
    public ReadOnlyMemory<byte> Output => _output.AsMemory(0, _outputLength);

    /// <summary>Empties the block; matches may refer to the end of the one before.</summary>
    public void Begin(GzipBlock? before)
    {
        _start = _end = DeflateFormat.WindowSize;
        if (before is null) return;
        var window = before._input.AsSpan(before._end - DeflateFormat.WindowSize, DeflateFormat.WindowSize);
        window.CopyTo(_input);
    }

    /// <summary>Takes input that was copied into <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Compresses the input.</summary>
    /// <param name="hasWindow">Whether there is a block before this one.</param>
    /// <param name="effort">How hard to look for matches.</param>
    public void Compress(bool hasWindow, DeflateEffort effort)
    {
        var first = hasWindow ? 0 : _start;
        Crc = Crc32.Of(_input.AsSpan(_start, Length));
        _outputLength = _encoder.Encode(_input.AsSpan(first, _end - first), _start - first, _output, effort);
    }
}
