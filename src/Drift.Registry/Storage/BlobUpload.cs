// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// One upload: a file that grows, and the hash of what is in it. One request at a time writes to it. Bytes that arrived in order
/// are kept when a client disconnects: it asks for the status and sends the rest.
/// </summary>
internal sealed class BlobUpload : IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _lock = new();
    private IncrementalHash _hash;
    private HashAlgorithmName _algorithm;
    private long _offset;
    private long _lastUse;
    private bool _busy;

    public BlobUpload(RepositoryName repository, string path, string algorithm, TimeProvider timeProvider)
    {
        Repository = repository;
        _path = path;
        _timeProvider = timeProvider;
        _lastUse = timeProvider.GetTimestamp();
        Abandoned = _abandoned.Token;
        _algorithm = NameOf(algorithm);
        _hash = IncrementalHash.CreateHash(_algorithm);
    }

    public Guid Id { get; } = Guid.NewGuid();

    public RepositoryName Repository { get; }

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
    public async Task<bool> AppendAsync(PipeReader body, long limit, Action onDiskFailure, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        var segments = new List<ReadOnlyMemory<byte>>();
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var taken = read.Buffer.Slice(0, Math.Min(limit, read.Buffer.Length));
            if (!taken.IsEmpty)
            {
                segments.Clear();
                foreach (var segment in taken) segments.Add(segment);
                try
                {
                    // Written by one core while the other hashes. Not cancelled: file, hash and offset move on together.
                    var write = RandomAccess.WriteAsync(file, segments, _offset, CancellationToken.None);
                    foreach (var segment in segments) _hash.AppendData(segment.Span);
                    await write.ConfigureAwait(false);
                }
                catch (IOException)
                {
                    onDiskFailure();
                    throw;
                }
                Volatile.Write(ref _offset, _offset + taken.Length);
                limit -= taken.Length;
            }
            var goesOn = taken.Length < read.Buffer.Length;
            body.AdvanceTo(taken.End);
            if (goesOn) return false;
            if (read.IsCompleted) return true;
        }
    }

    /// <summary>
    /// Moves what was received to <paramref name="content"/> when <paramref name="digest"/> is its digest; returns false when it is not.
    /// Either way nothing more can be appended.
    /// </summary>
    public async Task<bool> CommitAsync(Digest digest, ContentStore content, CancellationToken cancellationToken)
    {
        if (NameOf(digest.Algorithm) != _algorithm) await HashAgainAsync(digest, cancellationToken).ConfigureAwait(false);
        if (!digest.Matches(_hash.GetHashAndReset())) return false;
        content.Adopt(digest, _path, _offset);
        return true;
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
        File.Delete(_path);
    }

    private static HashAlgorithmName NameOf(string algorithm) => algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
}
