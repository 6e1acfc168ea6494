// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary>
/// One upload: a file that grows, and the hash of what is in it. One request at a time writes to it. Bytes that arrived in order
/// are kept when a client disconnects: it asks for the status and sends the rest.
/// </summary>
internal sealed class BlobUpload : IDisposable
{
    private readonly string _path;
    private readonly StorageQuota _quota;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _lock = new();
    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private IncrementalHash _hash;
    private HashAlgorithmName _algorithm;
    private long _offset;
    private long _writtenBack;
    private long _taken;
    private long _lastUse;
    private bool _busy;

    public BlobUpload(RepositoryName repository, string path, string algorithm, StorageQuota quota, TimeProvider timeProvider)
    {
        Repository = repository;
        _path = path;
        _quota = quota;
        _timeProvider = timeProvider;
        _lastUse = timeProvider.GetTimestamp();
        Abandoned = _abandoned.Token;
        _algorithm = NameOf(algorithm);
        _hash = IncrementalHash.CreateHash(_algorithm);
    }

    public Guid Id { get; } = Guid.NewGuid();

    public RepositoryName Repository { get; }

    /// <summary>Whose it is; null for the registry's own.</summary>
    public string? Client { get; init; }

    /// <summary>How many bytes were received.</summary>
    public long Offset => Volatile.Read(ref _offset);

    /// <summary>Cancelled when the upload is abandoned.</summary>
    public CancellationToken Abandoned { get; }

    /// <summary>How long no request used the upload; zero while one does.</summary>
    public TimeSpan IdleTime => _busy ? TimeSpan.Zero : _timeProvider.GetElapsedTime(Volatile.Read(ref _lastUse));

    /// <summary>Takes the upload for the request that calls; false when another one has it, or it was abandoned.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_busy || Abandoned.IsCancellationRequested) return false;
            return _busy = true;
        }
    }

    /// <summary>Gives the upload back.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _busy = false;
            Volatile.Write(ref _lastUse, _timeProvider.GetTimestamp());
            if (Abandoned.IsCancellationRequested) Remove();
        }
    }

    /// <summary>Ends the upload for good: its bytes are removed now, or as soon as the request that has it gives it back.</summary>
    public void Dispose()
    {
        _abandoned.Cancel();
        lock (_lock)
        {
            if (!_busy) Remove();
        }
    }

    /// <summary>
    /// Appends a request's body. Returns false when the body goes on after <paramref name="limit"/> bytes; these were appended. When the
    /// client disconnects or the upload is abandoned, what had arrived is appended too.
    /// </summary>
    /// <exception cref="IOException">The client disconnected, or the disk failed; see <paramref name="onDiskFailure"/>.</exception>
    /// <exception cref="RefusedRequestException">There is no room for more.</exception>
    public async Task<bool> AppendAsync(PipeReader body, long limit, Action onDiskFailure, CancellationToken cancellationToken)
    {
        using var file = OpenFile();
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var taken = read.Buffer.Slice(0, Math.Min(limit, read.Buffer.Length));
            try
            {
                await WriteAsync(file, taken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                onDiskFailure();
                throw;
            }
            limit -= taken.Length;
            var goesOn = taken.Length < read.Buffer.Length;
            body.AdvanceTo(taken.End);
            if (goesOn) return false;
            if (read.IsCompleted) return true;
        }
    }

    /// <summary>Opens the file for <see cref="WriteAsync"/>, and to read what was received so far.</summary>
    public SafeFileHandle OpenFile() => File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    /// <summary>Appends bytes. It is not cancelled: file, hash and offset move on together.</summary>
    public async Task WriteAsync(SafeFileHandle file, ReadOnlySequence<byte> content)
    {
        if (content.IsEmpty) return;
        _quota.Take(content.Length);
        _taken += content.Length;
        // Written by one core while the other hashes.
        var write = WriteOutAsync(file, content);
        foreach (var segment in content) _hash.AppendData(segment.Span);
        await write.ConfigureAwait(false);
        Volatile.Write(ref _offset, _offset + content.Length);
        if (_offset - _writtenBack < Disk.WritebackStep) return;
        Disk.BeginWriteback(file, _writtenBack, _offset - _writtenBack);
        _writtenBack = _offset;
    }

    /// <summary>
    /// Moves what was received to <paramref name="content"/> when <paramref name="digest"/> is its digest; returns false when it is not.
    /// Either way nothing more can be appended.
    /// </summary>
    public async Task<bool> CommitAsync(Digest digest, ContentStore content, CancellationToken cancellationToken)
    {
        if (NameOf(digest.Algorithm) != _algorithm) await HashAgainAsync(digest, cancellationToken).ConfigureAwait(false);
        if (!digest.Matches(_hash.GetHashAndReset())) return false;
        if (await content.AdoptAsync(digest, _path, _offset, cancellationToken).ConfigureAwait(false)) _quota.Store(_taken);
        else _quota.GiveBack(_taken);
        _taken = 0;
        return true;
    }

    private async Task WriteOutAsync(SafeFileHandle file, ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment) await RandomAccess.WriteAsync(file, content.First, _offset, CancellationToken.None).ConfigureAwait(false);
        else
        {
            _segments.Clear();
            foreach (var segment in content) _segments.Add(segment);
            await RandomAccess.WriteAsync(file, _segments, _offset, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Clients name the algorithm at the end only; sha256 is what nearly all of them mean, so it is computed in advance.
    private async Task HashAgainAsync(Digest digest, CancellationToken cancellationToken)
    {
        _hash.Dispose();
        _hash = digest.CreateHash();
        _algorithm = NameOf(digest.Algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            using var file = File.OpenHandle(_path, options: FileOptions.SequentialScan);
            for (long offset = 0; offset < _offset;)
            {
                var count = await RandomAccess.ReadAsync(file, buffer, offset, cancellationToken).ConfigureAwait(false);
                if (count == 0) throw new IOException("An upload's file is shorter than what was written to it.");
                _hash.AppendData(buffer.AsSpan(0, count));
                offset += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Remove()
    {
        _hash.Dispose();
        _quota.GiveBack(_taken);
        _taken = 0;
        File.Delete(_path);
    }

    private static HashAlgorithmName NameOf(string algorithm) => algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
}
