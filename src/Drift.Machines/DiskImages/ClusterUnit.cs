// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>A part of a disk on its way into a compressed image: read, its clusters compressed by some core, written. It is used again and again.</summary>
internal sealed class ClusterUnit : IDisposable
{
    private const int IsZero = -1, IsStored = -2;
    private readonly ClusterCodec _codec;
    private readonly byte[] _input;
    private readonly byte[] _output;
    private readonly int[] _lengths;
    private int _inputLength;

    public ClusterUnit(int size, Qcow2Compression compression)
    {
        _codec = ClusterCodec.Create(compression, Qcow2Layout.ClusterBits);
        _input = new byte[size];
        _lengths = new int[size / Qcow2Layout.ClusterSize];
        // What does not become smaller is not kept, so each cluster needs no more than its own size, and the last one some room to try.
        _output = new byte[size + _codec.MaximumSize(Qcow2Layout.ClusterSize)];
    }

    /// <summary>Where the unit is on the disk, in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>How many clusters it has.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the unit at an offset, and compresses its clusters.</summary>
    public async Task FillAsync(IDiskSource source, long offset, CancellationToken cancellationToken)
    {
        Offset = offset;
        _inputLength = (int)Math.Min(_input.Length, source.Length - offset);
        Count = (int)DiskFormat.CountOf(_inputLength, Qcow2Layout.ClusterSize);
        await source.ReadAsync(offset, _input.AsMemory(0, _inputLength), cancellationToken).ConfigureAwait(false);
        _input.AsSpan(_inputLength, Count * Qcow2Layout.ClusterSize - _inputLength).Clear();
        for (var index = 0; index < Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cluster = _input.AsSpan(index * Qcow2Layout.ClusterSize, Qcow2Layout.ClusterSize);
            _lengths[index] = cluster.ContainsAnyExcept((byte)0) ? Compress(cluster, _output.AsSpan(index * Qcow2Layout.ClusterSize)) : IsZero;
        }
    }

    /// <summary>What a cluster is written as; empty for nothing, when it is all zeros.</summary>
    public (ReadOnlyMemory<byte> Content, bool IsCompressed) Cluster(int index)
    {
        var start = index * Qcow2Layout.ClusterSize;
        return _lengths[index] switch
        {
            IsZero => (default, false),
            IsStored => (_input.AsMemory(start, Qcow2Layout.ClusterSize), false),
            var length => (_output.AsMemory(start, length), true),
        };
    }

    public void Dispose() => _codec.Dispose();

    private int Compress(ReadOnlySpan<byte> cluster, Span<byte> output)
    {
        var length = _codec.Compress(cluster, output);
        return length < cluster.Length ? length : IsStored;
    }
}
