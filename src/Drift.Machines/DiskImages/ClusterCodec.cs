// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Compresses and decompresses clusters, one at a time.</summary>
internal abstract class ClusterCodec : IDisposable
{
    /// <summary>A codec for clusters of two to the power of <paramref name="clusterBits"/> bytes.</summary>
    /// <exception cref="Drift.Oci.DriftException">It is zstd, and the machine has no libzstd.</exception>
    public static ClusterCodec Create(Qcow2Compression compression, int clusterBits) =>
        compression == Qcow2Compression.Zstd ? new ZstdClusterCodec(clusterBits) : new DeflateClusterCodec();

    /// <summary>The most bytes that a cluster of <paramref name="size"/> bytes becomes.</summary>
    public abstract int MaximumSize(int size);

    /// <summary>Compresses a cluster and returns how many bytes it became.</summary>
    public abstract int Compress(ReadOnlySpan<byte> cluster, Span<byte> output);

    /// <summary>Fills a cluster with what the beginning of the input decompresses to; false when that is damaged, or too little.</summary>
    public abstract bool TryDecompress(ReadOnlyMemory<byte> input, Memory<byte> cluster);

    /// <inheritdoc/>
    public abstract void Dispose();
}
