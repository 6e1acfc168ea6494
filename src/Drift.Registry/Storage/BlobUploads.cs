// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>The uploads that are under way. They live in memory, so they end with the server; finished blobs do not.</summary>
internal sealed class BlobUploads(SessionDirectory session, StorageQuota quota, TimeSpan idleTimeout, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<Guid, BlobUpload> _uploads = new();

    /// <summary>Opens an upload to a repository; it computes a digest of the given algorithm while bytes arrive.</summary>
    public BlobUpload Start(RepositoryName repository, string algorithm)
    {
        RemoveIdle();
        var upload = new BlobUpload(repository, session.NewPath(), algorithm, quota, timeProvider);
        _uploads[upload.Id] = upload;
        return upload;
    }

    /// <summary>Finds an upload; null when there is none of this name in this repository.</summary>
    public BlobUpload? Find(RepositoryName repository, string id) =>
        Guid.TryParseExact(id, "D", out var guid) && _uploads.TryGetValue(guid, out var upload) && upload.Repository == repository ? upload : null;

    /// <summary>Forgets an upload and removes its bytes; a request that is writing to it is cancelled.</summary>
    public void Remove(BlobUpload upload)
    {
        if (_uploads.TryRemove(upload.Id, out _)) upload.Dispose();
    }

    // Looked at when another upload begins, so no timer is needed: what rests takes disk space only, and only new uploads need it.
    private void RemoveIdle()
    {
        foreach (var upload in _uploads.Values)
        {
            if (upload.IdleTime > idleTimeout) Remove(upload);
        }
    }
}
