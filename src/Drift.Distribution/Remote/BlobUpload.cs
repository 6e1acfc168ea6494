// SPDX-License-Identifier: Apache-2.0

using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A blob on its way into a registry. A small one is held back until its digest is known, then sent by POST and one PUT, which every
/// registry takes. A larger one streams while it is written: by PUT when its size and digest are known before, else by one PATCH
/// (distribution-spec, "Pushing blobs").
/// </summary>
internal sealed class BlobUpload : BlobStream
{
    private const int HoldBack = 1024 * 1024;
    private readonly RegistryConnection _connection;
    private readonly Uri _uploads;
    private readonly Descriptor? _expected;
    private readonly MemoryStream _held = new();
    private Pipe? _pipe;
    private Task<HttpResponseMessage>? _request;
    private Stream? _wire;

    public BlobUpload(RegistryConnection connection, Uri uploads, Descriptor? expected)
    {
        _connection = connection;
        _uploads = uploads;
        _expected = expected;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_wire is null && _held.Length + buffer.Length <= HoldBack)
        {
            _held.Write(buffer.Span);
            return;
        }
        if (_wire is null) await BeginStreamingAsync(cancellationToken).ConfigureAwait(false);
        await WriteToWireAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_wire is null)
        {
            var session = await OpenSessionAsync(cancellationToken).ConfigureAwait(false);
            using var content = Octets(new ReadOnlyMemoryContent(_held.GetBuffer().AsMemory(0, (int)_held.Length)));
            await FinishAsync(session, descriptor, content, cancellationToken).ConfigureAwait(false);
            return;
        }
        await _pipe!.Writer.CompleteAsync().ConfigureAwait(false);
        using var response = await _request!.ConfigureAwait(false);
        if (_expected is null)
        {
            await FinishAsync(Location(response), descriptor, null, cancellationToken).ConfigureAwait(false);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is uploaded asynchronously.");
    public override void Flush() { }
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (_pipe is not null)
        {
            // A body that ends without its promised bytes makes the registry drop the upload.
            await _pipe.Writer.CompleteAsync(new IOException("The upload was abandoned.")).ConfigureAwait(false);
            await _request!.ContinueWith(static task => task.IsCompletedSuccessfully ? task.Result : null, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task BeginStreamingAsync(CancellationToken cancellationToken)
    {
        var session = await OpenSessionAsync(cancellationToken).ConfigureAwait(false);
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024, useSynchronizationContext: false));
        var content = Octets(new StreamContent(_pipe.Reader.AsStream()));
        HttpRequestMessage request;
        if (_expected is not null)
        {
            content.Headers.ContentLength = _expected.Size;
            request = new HttpRequestMessage(HttpMethod.Put, WithDigest(session, _expected.Digest)) { Content = content };
        }
        else
        {
            request = new HttpRequestMessage(HttpMethod.Patch, session) { Content = content };
        }
        _request = SendAsync(request, cancellationToken);
        _wire = _pipe.Writer.AsStream();
        await WriteToWireAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), cancellationToken).ConfigureAwait(false);
        _held.SetLength(0);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                return await _connection.SendAsync(request, [HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.NoContent], cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // When the registry answers before it has read everything, the writer must not wait for it.
                await _pipe!.Reader.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task WriteToWireAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        var flushed = await _pipe!.Writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (!flushed.IsCompleted) return;
        using var early = await _request!.ConfigureAwait(false);
        throw new DriftException(ErrorCode.RegistryError, $"{_connection.Host} answered {(int)early.StatusCode} before it had the whole blob.", "Try again.") { IsTransient = true };
    }

    private async Task<Uri> OpenSessionAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _uploads);
        using var response = await _connection.SendAsync(request, [HttpStatusCode.Accepted], cancellationToken).ConfigureAwait(false);
        return Location(response);
    }

    private async Task FinishAsync(Uri session, Descriptor descriptor, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, WithDigest(session, descriptor.Digest)) { Content = content ?? new ByteArrayContent([]) };
        using var response = await _connection.SendAsync(request, [HttpStatusCode.Created, HttpStatusCode.NoContent], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where the session goes on. The address may be relative, and must not lead to another host.</summary>
    private Uri Location(HttpResponseMessage response)
    {
        var location = response.Headers.Location ?? throw new DriftException(ErrorCode.RegistryError, $"{_connection.Host} opened an upload without saying where (no Location header).");
        var uri = new Uri(_uploads, location);
        if (uri.Host != _uploads.Host) throw new DriftException(ErrorCode.RegistryError, $"{_connection.Host} sends uploads to another host, {uri.Host}.");
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
