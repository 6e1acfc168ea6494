// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>Manifests that were read lately. It is emptied when it is full: most registries never fill it.</summary>
internal sealed class ManifestCache
{
    private const long MaximumSize = 32 * 1024 * 1024;
    private const int MaximumEntrySize = 256 * 1024;
    private readonly ConcurrentDictionary<(RepositoryName Name, Digest Digest), StoredManifest> _manifests = new();
    private long _size;

    public StoredManifest? Find(RepositoryName name, Digest digest) => _manifests.GetValueOrDefault((name, digest));

    public void Add(RepositoryName name, StoredManifest manifest)
    {
        if (manifest.Content.Length > MaximumEntrySize || !_manifests.TryAdd((name, manifest.Digest), manifest)) return;
        if (Interlocked.Add(ref _size, manifest.Content.Length) <= MaximumSize) return;
        _manifests.Clear();
        Interlocked.Exchange(ref _size, 0);
    }

    public void Remove(RepositoryName name, Digest digest)
    {
        if (_manifests.TryRemove((name, digest), out var manifest)) Interlocked.Add(ref _size, -manifest.Content.Length);
    }
}
