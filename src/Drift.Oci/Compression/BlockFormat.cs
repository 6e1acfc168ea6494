// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A compression format whose data is made of blocks that can be compressed apart. The size of blocks is the same on every machine.</summary>
internal abstract class BlockFormat : IDisposable
{
    /// <summary>An empty block of this format.</summary>
    public abstract CompressionBlock CreateBlock();

    /// <summary>Compresses a block; any number of cores do so at once.</summary>
    /// <param name="block">The block.</param>
    /// <param name="isOnly">Whether there is no other one.</param>
    public abstract void Compress(CompressionBlock block, bool isOnly);

    /// <summary>What comes before the first block.</summary>
    public abstract ReadOnlyMemory<byte> Header { get; }

    /// <summary>Takes note of a block, in their order, and before the trailer.</summary>
    public abstract void Append(CompressionBlock block);

    /// <summary>What comes after the last block.</summary>
    public abstract ReadOnlyMemory<byte> Trailer();

    /// <inheritdoc/>
    public abstract void Dispose();
}
