// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Reads files one after another: their hashes, and their variants into the spool. Its memory is the same for all of them.</summary>
internal sealed class SiteCompressor(SiteSpool spool) : IDisposable
{
    /// <summary>How much of a file is read at a time, in bytes. What comes out does not depend on how much each read returns.</summary>
    internal const int BlockSize = 1024 * 1024;

    private readonly byte[] _buffer = new byte[DeflateFormat.WindowSize + BlockSize];
    private readonly byte[] _output = new byte[64 * 1024];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SiteGzip _gzip = new();

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="quality">Brotli's quality for it; 0 for no variants.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    internal async ValueTask<SiteContent> ReadAsync(SiteFile file, int quality, CancellationToken cancellationToken)
    {
        var opened = await file.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = opened.ConfigureAwait(false);
        using var gzip = quality > 0 ? new SiteVariant(spool, SiteCompression.Limit(file.Length)) : null;
        using var brotli = quality > 0 ? new SiteVariant(spool, SiteCompression.Limit(file.Length)) : null;
        using var encoder = brotli is null ? null : new SiteBrotli(brotli, file.Length, quality, _output);
        if (gzip is not null) _gzip.Begin(gzip);

        var start = 0;
        for (var left = file.Length; left > 0;)
        {
            var room = _buffer.AsMemory(start, (int)Math.Min(left, BlockSize));
            var read = await opened.Stream.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read < room.Length) throw Changed(file);
            left -= read;
            _hash.AppendData(room.Span);
            if (gzip is { IsWorthIt: true }) _gzip.Add(gzip, _buffer.AsSpan(0, start + read), start);
            if (brotli is { IsWorthIt: true }) encoder!.Add(room.Span, isLast: left == 0);
            // The end of this block stays in front of the next, for gzip to refer to.
            var kept = Math.Min(DeflateFormat.WindowSize, start + read);
            _buffer.AsSpan(start + read - kept, kept).CopyTo(_buffer);
            start = kept;
        }
        if (await opened.Stream.ReadAsync(_buffer.AsMemory(0, 1), cancellationToken).ConfigureAwait(false) != 0) throw Changed(file);

        var identity = new SiteBody(file.Content, file.Length, Convert.ToHexString(_hash.GetHashAndReset()));
        if (gzip is null || brotli is null) return new SiteContent(identity, null, null);
        _gzip.End(gzip);
        var (zipped, smaller) = (gzip.Finish(), brotli.Finish());
        return new SiteContent(identity, zipped, smaller is not null && smaller.Length < (zipped?.Length ?? long.MaxValue) ? smaller : null);
    }

    public void Dispose() => _hash.Dispose();

    private static DriftException Changed(SiteFile file) => new(ErrorCode.LayerSource,
        $"The file at {SiteText.Shown(file.UrlPath)} is not {file.Length} bytes long any more.", "Build again when nothing writes to the folder.");
}
