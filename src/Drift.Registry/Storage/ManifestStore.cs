// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>The manifests that each repository shows, and which of them refer to which.</summary>
internal sealed class ManifestStore(RepositoryFolders folders, RepositoryStore repositories, ContentStore content, SessionDirectory session)
{
    private readonly ManifestCache _cache = new();
    private readonly ReferrerStore _referrers = new(folders, session);

    // A push and a deletion of the same manifest follow each other: together they could leave one without its entry among the referrers.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Whether the repository shows the manifest.</summary>
    public bool Has(RepositoryName name, Digest digest) => File.Exists(folders.Manifest(name, digest));

    /// <summary>Stores a manifest, makes the repository show it, and then points the tags at it.</summary>
    public async Task PutAsync(RepositoryName name, StoredManifest manifest, ManifestReferences references, IReadOnlyList<Tag> tags, CancellationToken cancellationToken)
    {
        var gate = LockOf(manifest.Digest);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await content.WriteAsync(manifest.Digest, manifest.Content, cancellationToken).ConfigureAwait(false);
            if (references.Subject is { } subject)
                await _referrers.AddAsync(name, subject, references.DescriptorOf(manifest), cancellationToken).ConfigureAwait(false);
            var link = folders.Manifest(name, manifest.Digest);
            if (Disk.ReadLine(link) == manifest.MediaType) Disk.FlushFolder(Path.GetDirectoryName(link)!);
            else
            {
                await session.WriteAsync(link, manifest.MediaType, cancellationToken).ConfigureAwait(false);
                _cache.Remove(name, manifest.Digest);
            }
            foreach (var tag in tags) await repositories.SetTagAsync(name, tag, manifest.Digest, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Reads a manifest; null when the repository does not show it.</summary>
    public async Task<StoredManifest?> FindAsync(RepositoryName name, Digest digest, CancellationToken cancellationToken)
    {
        var link = folders.Manifest(name, digest);
        // Another server of the folder may have deleted it.
        if (_cache.Find(name, digest) is { } cached) return File.Exists(link) ? cached : null;
        if (Disk.ReadLine(link) is not { } mediaType) return null;
        using var file = content.OpenRead(digest);
        if (file is null) return null;
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = await RandomAccess.ReadAsync(file, bytes.AsMemory(read), read, cancellationToken).ConfigureAwait(false);
            if (count == 0) throw new IOException($"The manifest {digest} is shorter than it was.");
            read += count;
        }
        // Checked once, so a damaged disk is told of before a client is.
        if (!Digests.Of(bytes, digest.Algorithm).Equals(digest)) throw new IOException($"The manifest {digest} is damaged on disk.");
        var manifest = new StoredManifest(digest, mediaType, bytes);
        _cache.Add(name, manifest);
        return manifest;
    }

    /// <summary>Makes the repository show the manifest no longer, and removes the tags that point at it; false when it did not show it.</summary>
    public async Task<bool> DeleteAsync(RepositoryName name, Digest digest, CancellationToken cancellationToken)
    {
        var gate = LockOf(digest);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Has(name, digest)) return false;
            var manifest = await FindAsync(name, digest, cancellationToken).ConfigureAwait(false);
            // Tags first: at no moment does one point at what is gone.
            foreach (var tag in (repositories.ListTags(name) ?? []).Select(Tag.Parse))
            {
                if (repositories.FindTag(name, tag) == digest) await repositories.DeleteTagAsync(name, tag, cancellationToken).ConfigureAwait(false);
            }
            await session.DeleteAsync(folders.Manifest(name, digest), cancellationToken).ConfigureAwait(false);
            _cache.Remove(name, digest);
            if (manifest is not null && ManifestReferences.Read(manifest.Content).Subject is { } subject)
                await _referrers.RemoveAsync(name, subject, digest, cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The manifests of the repository whose subject has this digest, in the order of their digests. The subject may be missing.</summary>
    public IEnumerable<(Descriptor Referrer, int Length)> ListReferrers(RepositoryName name, Digest subject) =>
        _referrers.List(name, subject).Where(entry => Has(name, entry.Referrer.Digest));

    private SemaphoreSlim LockOf(Digest digest) => _locks[(uint)digest.GetHashCode() % _locks.Length];
}
