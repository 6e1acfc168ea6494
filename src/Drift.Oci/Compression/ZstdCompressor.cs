// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace Drift.Oci;

/// <summary>Makes frames of blocks. One instance serves one block at a time; the frame depends on the block, the level and libzstd's version.</summary>
internal sealed class ZstdCompressor : IDisposable
{
    private readonly ZstdContext _context = ZstdContext.ForCompression();

    public ZstdCompressor(int level, int windowLog)
    {
        _ = ZstdLibrary.Checked(ZstdLibrary.SetCompressorParameter(_context, ZstdLibrary.CompressionLevel, level));
        _ = ZstdLibrary.Checked(ZstdLibrary.SetCompressorParameter(_context, ZstdLibrary.WindowLog, windowLog));
        // Digests tell that a layer is damaged; a checksum, which costs 2 % of the time, tells it also where a layer is a mere file.
        _ = ZstdLibrary.Checked(ZstdLibrary.SetCompressorParameter(_context, ZstdLibrary.ChecksumFlag, 1));
    }

    /// <summary>The most bytes that a block of <paramref name="size"/> bytes becomes.</summary>
    public static int MaximumSize(int size) => (int)ZstdLibrary.CompressBound((nuint)size);

    /// <summary>Compresses a block to one frame and returns its length.</summary>
    public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => (int)ZstdLibrary.Checked(ZstdLibrary.Compress(
        _context, ref MemoryMarshal.GetReference(output), (nuint)output.Length, ref MemoryMarshal.GetReference(input), (nuint)input.Length));

    public void Dispose() => _context.Dispose();
}
