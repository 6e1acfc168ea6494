// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// Finds what no manifest needs, and deletes it unless somebody asked for it during the grace. A file is moved away first and looked at again
/// there: whoever asks for it before finds it and makes it young, so it comes back; whoever asks afterwards is told that it is gone.
/// So no lock is held, and servers of the same folder need not know of each other.
/// </summary>
internal sealed class GarbageCollector(string root)
{
    private readonly RepositoryFolders _folders = new(Path.Combine(root, "repositories"));
    private readonly ContentStore _content = new(Path.Combine(root, "content"), SessionDirectory.ReadOnly, quota: null);
    private readonly string _garbage = Path.Combine(root, "garbage");

    /// <summary>Puts back what a collection that was killed had moved away.</summary>
    public void RestoreInterrupted()
    {
        if (!Directory.Exists(_garbage)) return;
        foreach (var file in Directory.EnumerateFiles(_garbage, "*", SearchOption.AllDirectories)) Restore(file, Path.Combine(root, Path.GetRelativePath(_garbage, file)));
    }

    /// <summary>Collects once.</summary>
    public RegistryGarbage Collect(TimeSpan grace, bool dryRun, CancellationToken cancellationToken)
    {
        var (needed, links) = Mark(cancellationToken);
        var young = new HashSet<Digest>();
        // A link that stays keeps its blob: a push may be about to name it in a manifest.
        foreach (var (digest, path) in links)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryDelete(path, grace, dryRun)) young.Add(digest);
        }

        var deleted = new List<Digest>();
        var size = 0L;
        var tooYoung = 0;
        foreach (var (digest, path) in _content.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (needed.Contains(digest)) continue;
            var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
            if (!young.Contains(digest) && TryDelete(path, grace, dryRun))
            {
                deleted.Add(digest);
                size += length;
            }
            else tooYoung++;
        }
        return new RegistryGarbage(deleted, size, tooYoung);
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

    private bool TryDelete(string path, TimeSpan grace, bool dryRun)
    {
        if (!LastAsked.IsOver(path, grace)) return false;
        if (dryRun) return true;
        var moved = Path.Combine(_garbage, Path.GetRelativePath(root, path));
        Disk.CreateFolder(Path.GetDirectoryName(moved)!);
        try
        {
            File.Move(path, moved, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return true; // Its repository deleted it meanwhile.
        }
        if (LastAsked.IsOver(moved, grace))
        {
            File.Delete(moved);
            return true;
        }
        Restore(moved, path);
        return false;
    }

    private static void Restore(string moved, string path)
    {
        try
        {
            File.Move(moved, path, overwrite: false);
        }
        catch (FileNotFoundException)
        {
            // Another server that starts has put it back.
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(moved); // It was pushed anew.
        }
    }
}
