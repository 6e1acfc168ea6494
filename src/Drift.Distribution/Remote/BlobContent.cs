// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;

namespace Drift.Distribution;

/// <summary>A part of a blob as a request's body, read anew each time that the request is sent.</summary>
internal sealed class BlobContent : HttpContent
{
    private const int BufferSize = 128 * 1024;
    private readonly Func<long, CancellationToken, ValueTask<Stream>> _openAt;
    private readonly long _offset;
    private readonly long _length;

    /// <param name="openAt">Opens the blob at an offset.</param>
    /// <param name="offset">The first byte of the part.</param>
    /// <param name="length">How many bytes it has.</param>
    public BlobContent(Func<long, CancellationToken, ValueTask<Stream>> openAt, long offset, long length)
    {
        _openAt = openAt;
        _offset = offset;
        _length = length;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        Headers.ContentLength = length;
    }

    /// <summary>Called when all of it has been sent.</summary>
    public Action? WhenSent { get; set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var content = await _openAt(_offset, cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        var buffer = new byte[BufferSize];
        for (var left = _length; left > 0;)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException("The blob is shorter than its size.");
            left -= read;
            // At its end a blob that is checked shows whether it is right: a wrong one is never sent as a whole.
            if (left == 0) await content.SkipAsync(1, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
        WhenSent?.Invoke();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }
}
