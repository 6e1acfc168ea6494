// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// Finds what no manifest needs, and deletes it unless somebody asked for it during the grace. A file is moved to the
/// <see cref="GarbageFolder"/> first and looked at again there: whoever asked before the move has made it young, so it comes back, and whoever
/// asks afterwards takes it back. So no lock is held, and servers of the same folder need not know of each other.
/// </summary>
internal sealed class GarbageCollector(string root)
{
    private readonly RepositoryFolders _folders = new(root);
    private readonly ContentStore _content = new(root, new GarbageFolder(root), SessionDirectory.ReadOnly, quota: null);
    private readonly GarbageFolder _garbage = new(root);

    /// <summary>Collects once.</summary>
    public RegistryGarbage Collect(TimeSpan grace, bool dryRun, CancellationToken cancellationToken)
    {
        var (needed, links) = Mark(cancellationToken);
        var young = new HashSet<Digest>();
        // A link that stays keeps its blob: a push may be about to name it in a manifest.
        foreach (var (digest, path) in links)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryDelete(path)) young.Add(digest);
        }

        var deleted = new List<Digest>();
        var size = 0L;
        var tooYoung = 0;
        foreach (var (digest, path) in _content.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (needed.Contains(digest)) continue;
            var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
            if (!young.Contains(digest) && TryDelete(path))
            {
                deleted.Add(digest);
                size += length;
            }
            else tooYoung++;
        }
        return new RegistryGarbage(deleted, size, tooYoung);

        bool TryDelete(string path) => dryRun ? LastAsked.IsOver(path, grace) : _garbage.TryDelete(path, grace);
    }

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
