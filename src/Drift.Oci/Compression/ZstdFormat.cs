// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace Drift.Oci;

/// <summary>Zstandard frames (RFC 8878), one for each block, with a checksum; together they are one stream to every decoder.</summary>
internal sealed class ZstdFormat : BlockFormat
{
    /// <summary>
    /// How much input a frame takes, in bytes, and its window: what section 3.1.1.1.2 asks every decoder for is 8 MiB, and a quarter of it
    /// costs 1.2 % of the size and quarters the memory.
    /// </summary>
    public const int BlockSize = 1 << WindowLog;

    private const int WindowLog = 21;
    private readonly int _level;
    private readonly ConcurrentBag<ZstdCompressor> _compressors = [];
    private bool _isEmpty = true;

    /// <exception cref="DriftException">libzstd is not there.</exception>
    public ZstdFormat(int level)
    {
        _level = level;
        _compressors.Add(new ZstdCompressor(level, WindowLog));
    }

    public override ReadOnlyMemory<byte> Header => default;

    public override CompressionBlock CreateBlock() => new(0, BlockSize, ZstdCompressor.MaximumSize(BlockSize));

    public override void Compress(CompressionBlock block, bool isOnly)
    {
        if (!_compressors.TryTake(out var compressor)) compressor = new ZstdCompressor(_level, WindowLog);
        block.Compress((input, output) => compressor.Compress(input.Input, output));
        _compressors.Add(compressor);
    }

    public override void Append(CompressionBlock block) => _isEmpty = false;

    public override ReadOnlyMemory<byte> Trailer()
    {
        if (!_isEmpty) return default;
        // No frame at all is no stream.
        var block = CreateBlock();
        block.Begin(null);
        Compress(block, isOnly: true);
        return block.Output;
    }

    public override void Dispose()
    {
        foreach (var compressor in _compressors) compressor.Dispose();
    }
}
