// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A blob from the wire. When the connection breaks, ends early or only drips, the rest is asked for by <c>Range</c>; a registry that sends
/// everything again is read past what is here. Whoever reads checks the digest over the whole.
/// </summary>
internal sealed class BlobDownload(RegistryConnection registry, RegistryRequest request, Descriptor descriptor, HttpResponseMessage first, Stream body) : ReadOnlyStream
{
    // Less than this within the patience is no download but a way to hold one up.
    private const int LeastBytes = 4 * 1024;
    private HttpResponseMessage _response = first;
    private Stream _body = body;
    private long _position;
    private int _failures;
    private long _windowStart = Environment.TickCount64;
    private long _windowPosition;

    /// <summary>Asks for a blob; the answer's beginning is here when this returns.</summary>
    public static async Task<BlobDownload> OpenAsync(RegistryConnection registry, RegistryRequest request, Descriptor descriptor, CancellationToken cancellationToken)
    {
        var response = await registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return new BlobDownload(registry, request, descriptor, response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            DriftException problem;
            try
            {
                var read = await ReadOnceAsync(buffer, cancellationToken).ConfigureAwait(false);
                // What is longer or other than it should be, the reader finds out; what is shorter can be completed.
                if (read > 0 || buffer.IsEmpty || _position >= descriptor.Size)
                {
                    _position += read;
                    if (read > 0) _failures = 0;
                    return read;
                }
                if (_response.Content.Headers.ContentLength is { } length && length + Start(_response) < descriptor.Size) return 0;
                problem = new DriftException(ErrorCode.RegistryUnreachable, $"{registry.Host} stopped after {_position} of {descriptor.Size} bytes of {descriptor.Digest}.", "Try again.") { IsTransient = true };
            }
            catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                problem = RegistryAnswer.Unreachable(request.Uri, e);
            }
            if (++_failures > RetryDelay.MaximumRepetitions) throw problem;
            await registry.PauseAsync(_failures, cancellationToken).ConfigureAwait(false);
            await ReopenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _response.Dispose();
        base.Dispose(disposing);
    }

    private static long Start(HttpResponseMessage response) => response.Content.Headers.ContentRange?.From ?? 0;

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(registry.Patience);
        var read = await _body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
        var now = Environment.TickCount64;
        if (now - _windowStart > registry.Patience.TotalMilliseconds)
        {
            if (_position - _windowPosition < LeastBytes && read > 0) throw new IOException($"{registry.Host} sends less than {LeastBytes} bytes in {registry.Patience.TotalSeconds} s.");
            (_windowStart, _windowPosition) = (now, _position);
        }
        return read;
    }

    private async Task ReopenAsync(CancellationToken cancellationToken)
    {
        _response.Dispose();
        var again = request with { From = _position > 0 ? _position : null, Expected = [HttpStatusCode.OK, HttpStatusCode.PartialContent] };
        _response = await registry.SendAsync(again, cancellationToken).ConfigureAwait(false);
        _body = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        (_windowStart, _windowPosition) = (Environment.TickCount64, _position);
        var skip = _position - Start(_response);
        if (skip < 0) throw new DriftException(ErrorCode.RegistryError, $"{registry.Host} was asked for {descriptor.Digest} from byte {_position} and begins at {Start(_response)}.", "Tell those who run the registry.");
        var buffer = new byte[Math.Min(skip, 64 * 1024)];
        while (skip > 0)
        {
            var read = await ReadOnceAsync(buffer.AsMemory(0, (int)Math.Min(skip, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            skip -= read;
        }
    }
}
