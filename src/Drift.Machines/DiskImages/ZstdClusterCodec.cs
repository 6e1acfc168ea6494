// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>Clusters as one Zstandard frame each.</summary>
internal sealed class ZstdClusterCodec(int clusterBits) : ClusterCodec
{
    // zstd's own default, which is what qemu-img takes.
    private const int Level = 3;
    private ZstdCompressor? _compressor;
    private ZstdDecompressor? _decompressor;

    public override int MaximumSize(int size) => ZstdCompressor.MaximumSize(size);

    public override int Compress(ReadOnlySpan<byte> cluster, Span<byte> output)
    {
        _compressor ??= new ZstdCompressor(Level, clusterBits);
        return _compressor.Compress(cluster, output);
    }

    public override bool TryDecompress(ReadOnlyMemory<byte> input, Memory<byte> cluster)
    {
        _decompressor ??= new ZstdDecompressor();
        return _decompressor.TryDecompress(input.Span, cluster.Span);
    }

    public override void Dispose()
    {
        _compressor?.Dispose();
        _decompressor?.Dispose();
    }
}
