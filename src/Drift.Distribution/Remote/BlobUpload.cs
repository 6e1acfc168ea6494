// SPDX-License-Identifier: Apache-2.0

using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A blob on its way into a registry while it is made, so that its digest is not known yet. A small one is held back and sent at its end. A
/// larger one streams by one PATCH, which every registry takes, and is kept in a temporary file until it is there: when the stream breaks,
/// the rest of the blob is made all the same, and sent from the file.
/// </summary>
/// <param name="repository">Where to.</param>
/// <param name="wasAsked">Whether it is known that the registry lacks the blob.</param>
internal sealed class BlobUpload(Repository repository, bool wasAsked) : BlobStream
{
    private const int HoldBack = 1024 * 1024;
    // Some registries answer a PATCH with 201 or 204 instead of 202.
    private static readonly HttpStatusCode[] Continued = [HttpStatusCode.Accepted, HttpStatusCode.Created, HttpStatusCode.NoContent];
    private readonly RegistryConnection _registry = repository.Connection;
    private readonly MemoryStream _held = new();
    private readonly CancellationTokenSource _abandoned = new();
    private FileStream? _kept;
    private Pipe? _pipe;
    private Task<HttpResponseMessage>? _request;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_kept is null)
        {
            if (_held.Length + buffer.Length <= HoldBack)
            {
                _held.Write(buffer.Span);
                return;
            }
            await BeginStreamingAsync(cancellationToken).ConfigureAwait(false);
        }
        await WriteOnAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (_kept is null)
        {
            // It was made just now, so nobody could ask before.
            if (!wasAsked && await repository.ContainsBlobAsync(descriptor, cancellationToken).ConfigureAwait(false)) return;
            await new BlobPush(repository, descriptor, (offset, _) => new(new MemoryStream(_held.GetBuffer(), (int)offset, (int)(_held.Length - offset), writable: false))).RunAsync(null, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (_pipe is not null && await TryFinishStreamAsync(descriptor, cancellationToken).ConfigureAwait(false)) return;
        await _kept.FlushAsync(cancellationToken).ConfigureAwait(false);
        await new BlobPush(repository, descriptor, (offset, _) => new(OpenKept(offset))).RunAsync(null, cancellationToken).ConfigureAwait(false);
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
            _kept?.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task BeginStreamingAsync(CancellationToken cancellationToken)
    {
        var session = await repository.Blobs.OpenUploadAsync(cancellationToken).ConfigureAwait(false);
        _kept = LocalStore.Guard(Path.GetTempPath(), static () => new FileStream(Path.Combine(Path.GetTempPath(), $"drift-upload-{Guid.NewGuid():n}"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }));
        _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
        _request = StreamAsync(session, _pipe.Reader);
        await WriteOnAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), cancellationToken).ConfigureAwait(false);
        _held.SetLength(0);
    }

    private async Task<HttpResponseMessage> StreamAsync(UploadSession session, PipeReader body)
    {
        var request = new RegistryRequest(HttpMethod.Patch, session.Address, TokenScope.Push(repository.Name), Continued)
        {
            IsRepeatable = false,
            Body = () => new StreamContent(body.AsStream()) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        };
        try
        {
            return await _registry.SendAsync(request, _abandoned.Token).ConfigureAwait(false);
        }
        finally
        {
            // When the registry answers before it has read everything, the writer must not wait for it.
            await body.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteOnAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        LocalStore.Guard(Path.GetTempPath(), () =>
        {
            _kept!.Write(buffer.Span);
            return true;
        });
        if (_pipe is null) return;
        var flushed = await _pipe.Writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (!flushed.IsCompleted) return;
        // The registry wants no more of this stream: an error that stays is told now, and for all else there is the file.
        _pipe = null;
        try
        {
            (await _request!.WaitAsync(cancellationToken).ConfigureAwait(false)).Dispose();
        }
        catch (DriftException e) when (IsForNow(e))
        {
        }
    }

    /// <summary>Ends the stream; false when the blob has to be sent again.</summary>
    private async Task<bool> TryFinishStreamAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        await _pipe!.Writer.CompleteAsync().ConfigureAwait(false);
        try
        {
            using var response = await _request!.WaitAsync(_registry.PatienceAfterBody, cancellationToken).ConfigureAwait(false);
            var session = UploadSession.Read(_registry, response);
            await repository.Blobs.FinishUploadAsync(session, descriptor, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DriftException e) when (IsForNow(e))
        {
            return false;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static bool IsForNow(DriftException e) => e.IsTransient
        || e is RegistryException { Status: HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.NotFound };

    private FileStream OpenKept(long offset)
    {
        var stream = new FileStream(_kept!.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = offset;
        return stream;
    }
}
