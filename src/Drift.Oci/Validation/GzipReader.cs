// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;

namespace Drift.Oci;

/// <summary>Decompresses gzip of any number of members as far as it goes, and tells how it ended.</summary>
internal sealed class GzipReader : LayerDecompressor
{
    private readonly GzipFeed _feed;
    private readonly GZipStream _gzip;

    public GzipReader(Stream blob)
        : base("gzip")
    {
        _feed = new GzipFeed(blob);
        _gzip = new GZipStream(_feed, CompressionMode.Decompress, leaveOpen: true);
    }

    protected override async ValueTask<int> DecompressAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await _gzip.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            // All that the blob gives is out before the decompressor asks for more, so a read is of the blob or of the mark, never of both.
            if (!_feed.IsAtMark)
            {
                return read == 0 ? End(FindingId.CompressionTrailing) : read;
            }
            return End(await IsMarkAsync(buffer[..read], cancellationToken).ConfigureAwait(false) && _feed.HasContent ? null : FindingId.CompressionTruncated);
        }
        catch (InvalidDataException)
        {
            return End(_feed.IsAtMark ? FindingId.CompressionTruncated : FindingId.CompressionDamaged);
        }
    }

    private async ValueTask<bool> IsMarkAsync(ReadOnlyMemory<byte> start, CancellationToken cancellationToken)
    {
        if (start.Length > GzipFeed.Mark.Length) return false;
        var rest = new byte[GzipFeed.Mark.Length + 1];
        start.CopyTo(rest);
        var count = start.Length;
        count += await _gzip.ReadAtLeastAsync(rest.AsMemory(count), rest.Length - count, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return rest.AsSpan(0, count).SequenceEqual(GzipFeed.Mark);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }
}
