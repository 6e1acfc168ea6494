// SPDX-License-Identifier: Apache-2.0

using System.IO.Pipelines;
using System.Net;
using System.Runtime.ExceptionServices;
using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary>
/// A blob on its way from upstream to the disk. Any number of clients follow it, and it goes on when they leave. The last byte is theirs only
/// when the digest is found right, so no client ever takes a wrong blob for a whole one.
/// </summary>
internal sealed class BlobFetch
{
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    private readonly UpstreamClient _client;
    private readonly RegistryStorage _storage;
    private readonly BlobUpload _upload;
    private readonly Digest _digest;
    private readonly SafeFileHandle _file;
    private readonly TaskCompletionSource<long?> _size = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users = 1;

    public BlobFetch(UpstreamClient client, RegistryStorage storage, RepositoryName repository, Digest digest, CancellationToken stopped)
    {
        _client = client;
        _storage = storage;
        _digest = digest;
        _upload = storage.Uploads.Start(repository, digest.Algorithm, client: null);
        _upload.TryEnter(); // Nobody else has it, and while it is busy it does not grow old.
        _file = _upload.OpenFile();
        Completion = Task.Run(() => RunAsync(stopped), CancellationToken.None);
    }

    /// <summary>Ends when the blob is stored; fails with what is to be told to clients.</summary>
    public Task Completion { get; }

    /// <summary>The blob's size as upstream tells it, or null when it does not; fails as <see cref="Completion"/> does.</summary>
    public Task<long?> Size => _size.Task;

    /// <summary>Lets a client follow until it leaves; false when it is too late, and the blob is stored or has failed.</summary>
    public bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users) return true;
        }
        return false;
    }

    /// <summary>Lets a client go.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) _file.Dispose();
    }

    /// <summary>Sends the blob while it comes; returns its size.</summary>
    public async Task<long> CopyToAsync(PipeWriter body, CancellationToken cancellationToken)
    {
        for (var offset = 0L; ;)
        {
            var progress = Volatile.Read(ref _progress).Task;
            var isDone = Completion.IsCompleted;
            if (isDone) await Completion.ConfigureAwait(false);
            var available = isDone ? _upload.Offset : _upload.Offset - 1;
            while (offset < available)
            {
                var memory = body.GetMemory((int)Math.Min(BufferSize, available - offset));
                if (memory.Length > available - offset) memory = memory[..(int)(available - offset)];
                var count = RandomAccess.Read(_file, memory.Span, offset);
                if (count == 0) throw new IOException("A fetched blob's file is shorter than it was.");
                body.Advance(count);
                offset += count;
                await body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            if (isDone) return offset;
            await Task.WhenAny(progress, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(CancellationToken stopped)
    {
        Exception? failure = null;
        try
        {
            await FetchAsync(stopped).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e is HttpRequestException or IOException or OperationCanceledException ? new RefusedRequestException(DistributionError.UpstreamFailed, e.Message) : e;
        }
        _upload.Leave();
        _storage.Uploads.Remove(_upload);
        Leave();
        if (failure is null) return;
        // Told when nothing is left of it.
        _size.TrySetException(failure);
        _ = _size.Task.Exception; // It may be that nobody waits for it.
        ExceptionDispatchInfo.Throw(failure);
    }

    private async Task FetchAsync(CancellationToken stopped)
    {
        using var response = await _client.SendAsync(HttpMethod.Get, _upload.Repository, $"blobs/{_digest}", [], stopped).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw Mirror.Refusal(response.StatusCode, DistributionError.BlobUnknown, _digest.ToString());
        var size = response.Content.Headers.ContentLength;
        if (size is { } expected) _storage.Content.Quota.Check(expected);
        _size.SetResult(size);

        var body = PipeReader.Create(await response.Content.ReadAsStreamAsync(stopped).ConfigureAwait(false), new StreamPipeReaderOptions(bufferSize: BufferSize));
        while (true)
        {
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopped);
            idle.CancelAfter(IdleTimeout);
            var read = await body.ReadAsync(idle.Token).ConfigureAwait(false);
            await _upload.WriteAsync(_file, read.Buffer).ConfigureAwait(false);
            body.AdvanceTo(read.Buffer.End);
            Interlocked.Exchange(ref _progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            if (read.IsCompleted) break;
        }
        await body.CompleteAsync().ConfigureAwait(false);
        if (!await _upload.CommitAsync(_digest, _storage.Content, stopped).ConfigureAwait(false))
            throw new HttpRequestException($"what upstream sent is not {_digest}");
        await _storage.Repositories.LinkBlobAsync(_upload.Repository, _digest, stopped).ConfigureAwait(false);
    }
}
