// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>One block on its way through a <see cref="BlockCompressionStream"/>: input, compressed by some core, output. It is used again and again.</summary>
internal sealed class CompressionBlock(int windowSize, int size, int maximumSize)
{
    private readonly byte[] _input = new byte[windowSize + size];
    private readonly byte[] _output = new byte[maximumSize];
    private int _end;
    private int _outputLength;

    /// <summary>Where more input goes; empty when the block is full.</summary>
    public Memory<byte> Room => _input.AsMemory(_end, windowSize + size - _end);

    /// <summary>The input.</summary>
    public ReadOnlySpan<byte> Input => _input.AsSpan(windowSize, Length);

    /// <summary>The end of the block before, then the input. Nothing is before the first block.</summary>
    public ReadOnlySpan<byte> InputInWindow => IsFirst ? Input : _input.AsSpan(0, _end);

    /// <summary>How many bytes of input it has.</summary>
    public int Length => _end - windowSize;

    /// <summary>Whether no block comes before this one.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>The CRC of the input, for the formats that need it; set while it is compressed.</summary>
    public uint Crc { get; set; }

    /// <summary>What the input became.</summary>
    public ReadOnlyMemory<byte> Output => _output.AsMemory(0, _outputLength);

    /// <summary>Empties the block; matches may refer to the end of the one before.</summary>
    public void Begin(CompressionBlock? before)
    {
        _end = windowSize;
        IsFirst = before is null;
        before?._input.AsSpan(before._end - windowSize, windowSize).CopyTo(_input);
    }

    /// <summary>Takes input that was copied into <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Makes the output, with what returns its length.</summary>
    public void Compress(BlockEncoder encode) => _outputLength = encode(this, _output);
}
