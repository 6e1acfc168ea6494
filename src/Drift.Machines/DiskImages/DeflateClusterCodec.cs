// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Runtime.InteropServices;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Clusters in raw deflate. Readers give it a window of 4 KiB, so matches may not be farther away.</summary>
internal sealed class DeflateClusterCodec : ClusterCodec
{
    private const int WindowSize = 4096;
    // With more, the size goes down by a third of a percent.
    private static readonly DeflateEffort Effort = DeflateEffort.OfLevel(6);
    private DeflateEncoder? _encoder;

    public override int MaximumSize(int size) => DeflateEncoder.MaximumSize(size);

    public override int Compress(ReadOnlySpan<byte> cluster, Span<byte> output)
    {
        _encoder ??= new DeflateEncoder(WindowSize);
        return _encoder.Encode(cluster, 0, output, Effort, isLast: true);
    }

    public override bool TryDecompress(ReadOnlyMemory<byte> input, Memory<byte> cluster)
    {
        if (!MemoryMarshal.TryGetArray(input, out var array)) throw new ArgumentException("The input is no array.", nameof(input));
        using var deflate = new DeflateStream(new MemoryStream(array.Array!, array.Offset, array.Count), CompressionMode.Decompress);
        try
        {
            // Whatever it would become after that does not matter: nothing takes more than a cluster.
            return deflate.ReadAtLeast(cluster.Span, cluster.Length, throwOnEndOfStream: false) == cluster.Length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    public override void Dispose()
    {
    }
}
