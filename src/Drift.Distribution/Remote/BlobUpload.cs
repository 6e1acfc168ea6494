// SPDX-License-Identifier: Apache-2.0

using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A blob on its way into a registry. A small one is held back until its digest is known, then sent, unless the registry has it, by POST
/// and one PUT, which every registry takes. A larger one streams while it is written: by PUT when its size and digest are known before, else by one PATCH
/// (distribution-spec, "Pushing blobs").
/// </summary>
internal sealed class BlobUpload : BlobStream
{
    private const int HoldBack = 1024 * 1024;
    private static readonly HttpStatusCode[] Finished = [HttpStatusCode.Created, HttpStatusCode.NoContent];
    // Some registries answer a PATCH with 201 or 204 instead of 202.
    private static readonly HttpStatusCode[] Continued = [HttpStatusCode.Accepted, HttpStatusCode.Created, HttpStatusCode.NoContent];
    private readonly RegistryConnection _connection;
    private readonly Func<Descriptor, CancellationToken, ValueTask<bool>> _contains;
    private readonly Uri _uploads;
    private readonly Descriptor? _expected;
    private readonly MemoryStream _held = new();
    private readonly CancellationTokenSource _abandoned = new();
    private Pipe? _pipe;
    private Task<HttpResponseMessage>? _request;

    public BlobUpload(RegistryConnection connection, Uri uploads, Descriptor? expected, Func<Descriptor, CancellationToken, ValueTask<bool>> contains)
    {
        _connection = connection;
        _contains = contains;
        _uploads = uploads;
        _expected = expected;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_pipe is null && _held.Length + buffer.Length <= HoldBack)
        {
            _held.Write(buffer.Span);
            return;
        }
        if (_pipe is null) await BeginStreamingAsync(cancellationToken).ConfigureAwait(false);
        await WriteToWireAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_pipe is null)
        {
            // It was made just now, so nobody could ask before.
            if (_expected is null && await _contains(descriptor, cancellationToken).ConfigureAwait(false)) return;
            var session = await OpenSessionAsync(cancellationToken).ConfigureAwait(false);
            using var content = Octets(new ReadOnlyMemoryContent(_held.GetBuffer().AsMemory(0, (int)_held.Length)));
            await FinishAsync(session, descriptor, content, cancellationToken).ConfigureAwait(false);
            return;
        }
        await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        using var response = await _request!.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_expected is null)
        {
            await FinishAsync(Location(response), descriptor, new ByteArrayContent([]), cancellationToken).ConfigureAwait(false);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is uploaded asynchronously.");
    public override void Flush() { }
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A body that ends without its promised bytes makes the registry drop the upload.
            _abandoned.Cancel();
            _ = _request?.ContinueWith(static ended =>
            {
                // An answer that nobody took, or an error that nobody waits for any more.
                if (ended.IsCompletedSuccessfully) ended.Result.Dispose();
                else _ = ended.Exception;
            }, TaskScheduler.Default);
            _abandoned.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task BeginStreamingAsync(CancellationToken cancellationToken)
    {
        var session = await OpenSessionAsync(cancellationToken).ConfigureAwait(false);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
        var content = Octets(new StreamContent(pipe.Reader.AsStream()));
        if (_expected is not null) content.Headers.ContentLength = _expected.Size;
        var request = _expected is not null
            ? new HttpRequestMessage(HttpMethod.Put, WithDigest(session, _expected.Digest)) { Content = content }
            : new HttpRequestMessage(HttpMethod.Patch, session) { Content = content };
        _request = SendAsync(request, pipe.Reader);
        _pipe = pipe;
        await WriteToWireAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), cancellationToken).ConfigureAwait(false);
        _held.SetLength(0);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, PipeReader body)
    {
        using (request)
        {
            try
            {
                return await _connection.SendAsync(request, request.Method == HttpMethod.Put ? Finished : Continued, _abandoned.Token).ConfigureAwait(false);
            }
            finally
            {
                // When the registry answers before it has read everything, the writer must not wait for it.
                await body.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task WriteToWireAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var flushed = await _pipe!.Writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (!flushed.IsCompleted) return;
        using var early = await _request!.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new DriftException(ErrorCode.RegistryError, $"{_connection.Host} answered {(int)early.StatusCode} before it had the whole blob.", "Try again.") { IsTransient = true };
    }

    private async Task<Uri> OpenSessionAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uploads);
        using var response = await _connection.SendAsync(request, [HttpStatusCode.Accepted], cancellationToken).ConfigureAwait(false);
        return Location(response);
    }

    private async Task FinishAsync(Uri session, Descriptor descriptor, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, WithDigest(session, descriptor.Digest)) { Content = content };
        using var response = await _connection.SendAsync(request, Finished, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where the session goes on. The address may be relative, and must not lead to another host.</summary>
    private Uri Location(HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location || !Uri.TryCreate(response.RequestMessage!.RequestUri, location, out var uri))
        {
            throw new DriftException(ErrorCode.RegistryError, $"{_connection.Host} accepts an upload without saying where (no valid Location header).", "Tell those who run the registry.");
        }
        if (uri.Host != _uploads.Host) throw new DriftException(ErrorCode.RegistryError, $"{_connection.Host} sends uploads to another host, {uri.Host}.", "Tell those who run the registry.");
        // Behind a proxy that ends TLS, registries answer with http; the same host was reached by https.
        return uri.Scheme == _uploads.Scheme ? uri : new UriBuilder(uri) { Scheme = _uploads.Scheme, Port = _uploads.Port }.Uri;
    }

    private static Uri WithDigest(Uri session, Digest digest)
    {
        var builder = new UriBuilder(session);
        builder.Query = (builder.Query.Length > 1 ? builder.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(digest.ToString());
        return builder.Uri;
    }

    private static T Octets<T>(T content) where T : HttpContent
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }
}
