// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>The uploads that are under way. They live in memory, so they end with the server; finished blobs do not.</summary>
internal sealed class BlobUploads(SessionDirectory session, StorageQuota quota, TimeSpan idleTimeout, RegistryLimits limits, TimeProvider timeProvider)
{
    // Where there are too many, one that nothing came for is not waited for as long as one that could be resumed.
    private static readonly TimeSpan EmptyTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, BlobUpload> _uploads = new();
    private readonly Lock _lock = new();

    /// <summary>How many there are.</summary>
    public int Count => _uploads.Count;

    /// <summary>Opens an upload to a repository; it computes a digest of the given algorithm while bytes arrive.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="algorithm">The digest's algorithm.</param>
    /// <param name="client">Whose it is, for the limits; null for the registry's own, which has none.</param>
    /// <exception cref="RefusedRequestException">There are too many.</exception>
    public BlobUpload Start(RepositoryName repository, string algorithm, string? client)
    {
        lock (_lock)
        {
            RemoveIdle(idleTimeout, static _ => true);
            if (client is not null && TooMany(repository, client) is not null)
            {
                RemoveIdle(EmptyTimeout, static upload => upload.Offset == 0);
                if (TooMany(repository, client) is { } problem) throw new RefusedRequestException(DistributionError.TooManyRequests, problem) { RetryAfter = Pause };
            }
            var upload = new BlobUpload(repository, session.NewPath(), algorithm, quota, timeProvider) { Client = client };
            _uploads[upload.Id] = upload;
            return upload;
        }
    }

    /// <summary>Finds an upload; null when there is none of this name in this repository.</summary>
    public BlobUpload? Find(RepositoryName repository, string id) =>
        Guid.TryParseExact(id, "D", out var guid) && _uploads.TryGetValue(guid, out var upload) && upload.Repository == repository ? upload : null;

    /// <summary>Forgets an upload and removes its bytes; a request that is writing to it is cancelled.</summary>
    public void Remove(BlobUpload upload)
    {
        if (_uploads.TryRemove(upload.Id, out _)) upload.Dispose();
    }

    private string? TooMany(RepositoryName repository, string client)
    {
        var (all, here, own) = (0, 0, 0);
        foreach (var (_, upload) in _uploads)
        {
            all++;
            if (upload.Repository == repository) here++;
            if (upload.Client == client) own++;
        }
        return all >= limits.Uploads ? "too many uploads are unfinished"
            : here >= limits.UploadsPerRepository ? "too many uploads to this repository are unfinished"
            : own >= limits.UploadsPerClient ? "too many uploads of this client are unfinished"
            : null;
    }

    // Looked at when another upload begins, so no timer is needed: what rests takes disk space only, and only new uploads need it.
    private void RemoveIdle(TimeSpan timeout, Func<BlobUpload, bool> isMeant)
    {
        foreach (var (_, upload) in _uploads)
        {
            if (isMeant(upload) && upload.IdleTime > timeout) Remove(upload);
        }
    }
}
