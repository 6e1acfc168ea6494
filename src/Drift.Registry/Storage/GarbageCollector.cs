// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// Finds what no manifest needs, and deletes it unless somebody asked for it during the grace. A file is moved to the
/// <see cref="GarbageFolder"/> first and looked at again there: whoever asked before the move has made it young, so it comes back, and whoever
/// asks afterwards takes it back. So no lock is held, and servers of the same folder need not know of each other.
/// </summary>
internal sealed class GarbageCollector(string root, Bucket? bucket = null, BucketReplica? replica = null)
{
    private readonly RepositoryFolders _folders = new(root);
    private readonly ContentStore _content = new(root, new GarbageFolder(root), SessionDirectory.ReadOnly, quota: null, bucket);
    private readonly GarbageFolder _garbage = new(root);

    /// <summary>Collects once.</summary>
    public async Task<RegistryGarbage> CollectAsync(TimeSpan grace, bool dryRun, CancellationToken cancellationToken)
    {
        var (needed, links) = Mark(cancellationToken);
        var young = new HashSet<Digest>();
        // A link that stays keeps its blob: a push may be about to name it in a manifest.
        foreach (var (digest, path) in links)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await TryDeleteAsync(path).ConfigureAwait(false)) young.Add(digest);
        }

        var deleted = new List<Digest>();
        var size = 0L;
        var tooYoung = 0;
        foreach (var (digest, path, length) in _content.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (needed.Contains(digest)) continue;
            var stored = _content.FindObject(digest);
            if (!young.Contains(digest) && await TryDeleteAsync(path).ConfigureAwait(false))
            {
                deleted.Add(digest);
                size += length;
                // Nothing stands for the object any more, so nobody can come back to it.
                if (stored is not null && !dryRun) await bucket!.DeleteAsync(stored.Key, cancellationToken).ConfigureAwait(false);
            }
            else tooYoung++;
        }
        if (bucket is not null && !dryRun) await RemoveStrayObjectsAsync(bucket, cancellationToken).ConfigureAwait(false);
        return new RegistryGarbage(deleted, size, tooYoung);

        Task<bool> TryDeleteAsync(string path) => dryRun ? Task.FromResult(LastAsked.IsOver(path, grace))
            : replica is null ? Task.FromResult(_garbage.TryDelete(path, grace))
            : replica.ChangeAsync(path, () => DeleteBothAsync(path), cancellationToken);

        async Task<bool> DeleteBothAsync(string path)
        {
            if (!_garbage.TryDelete(path, grace)) return false;
            await replica!.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Deletes what a server that was killed had sent to the bucket and not yet named.</summary>
    private async Task RemoveStrayObjectsAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        await foreach (var key in bucket.ListAsync(ContentStore.ObjectPrefix, cancellationToken).ConfigureAwait(false))
        {
            // In this order: what is not coming any more has its name already.
            if (bucket.IsComing(key) || key.Split('/') is not [_, var algorithm, var hex, _] || !Digest.TryParse($"{algorithm}:{hex}", out var digest)) continue;
            var stored = _content.FindObject(digest);
            if (stored?.Key == key) continue;
            // A copy that outlived its file would stand for nothing on the next machine.
            if (stored is null) await ForgetAsync(_content.RemotePathOf(digest), cancellationToken).ConfigureAwait(false);
            await bucket.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        }
        await bucket.AbortUploadsAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<bool> ForgetAsync(string path, CancellationToken cancellationToken) => replica!.ChangeAsync(path, async () =>
    {
        if (!File.Exists(path)) await replica.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    private (HashSet<Digest> Needed, List<(Digest Digest, string Path)> Links) Mark(CancellationToken cancellationToken)
    {
        var needed = new HashSet<Digest>();
        var links = new List<(Digest, string)>();
        foreach (var name in _folders.List())
        {
            var neededHere = new HashSet<Digest>();
            foreach (var (manifest, _) in _folders.ListManifests(name))
            {
                cancellationToken.ThrowIfCancellationRequested();
                needed.Add(manifest);
                neededHere.UnionWith(BlobsOf(manifest));
            }
            links.AddRange(_folders.ListBlobs(name).Where(blob => !neededHere.Contains(blob.Digest)));
            needed.UnionWith(neededHere);
        }
        return (needed, links);
    }

    private IReadOnlyList<Digest> BlobsOf(Digest manifest)
    {
        using var file = _content.OpenRead(manifest);
        if (file is null) return []; // Nobody can pull it any more, whatever is kept.
        var json = new byte[RandomAccess.GetLength(file)];
        try
        {
            if (RandomAccess.Read(file, json, fileOffset: 0) != json.Length) throw new FormatException("it is shorter than it was");
            return ManifestReferences.Read(json).Blobs;
        }
        catch (FormatException e)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The manifest {manifest} cannot be read, so what it needs is not known and nothing was deleted: {e.Message}.",
                "Delete or push this manifest again.", e);
        }
    }
}
