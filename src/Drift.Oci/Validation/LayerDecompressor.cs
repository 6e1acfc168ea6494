// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Decompresses a layer as far as it goes, and tells how it ended.</summary>
internal abstract class LayerDecompressor(string format) : ReadOnlyStream
{
    private bool _ended;

    /// <summary>What is wrong with the compressed data, known when it was read to its end; null when nothing is.</summary>
    public FindingId? Problem { get; private set; }

    /// <summary>The problem in a sentence; null when there is none, and for what merely follows the data.</summary>
    public string? Fault => Problem is null or FindingId.CompressionTrailing ? null : Describe();

    /// <summary>Opens data of a compression, which stays open; null for plain tar.</summary>
    /// <exception cref="DriftException">It is zstd, and libzstd is not there.</exception>
    public static LayerDecompressor? Open(LayerEncoding encoding, Stream blob) => encoding switch
    {
        LayerEncoding.Gzip => new GzipReader(blob),
        LayerEncoding.Zstd => new ZstdReader(blob),
        _ => null,
    };

    /// <summary>What is wrong, in a sentence.</summary>
    public string Describe() => Problem switch
    {
        FindingId.CompressionTruncated => $"The {format} data ends early.",
        FindingId.CompressionTrailing => $"Something that is not {format} follows the {format} data.",
        FindingId.LayerUnreadable => $"The {format} data needs a window of more than {ZstdReader.LargestWindow >> 20} MiB, which is not read here.",
        _ => $"The {format} data is damaged.",
    };

    public sealed override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _ended || buffer.IsEmpty ? 0 : await DecompressAsync(buffer, cancellationToken).ConfigureAwait(false);

    /// <summary>Decompresses into what has room; 0 after <see cref="End"/> only.</summary>
    protected abstract ValueTask<int> DecompressAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Ends the data; returns 0.</summary>
    protected int End(FindingId? problem)
    {
        _ended = true;
        Problem = problem;
        return 0;
    }
}
