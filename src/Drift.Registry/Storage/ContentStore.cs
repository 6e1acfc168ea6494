// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary>Blobs and manifests by digest, each stored once for all repositories. What is in here matched its digest when it came.</summary>
internal sealed class ContentStore
{
    private readonly string _directory;
    private readonly GarbageFolder _garbage;
    private readonly SessionDirectory _session;

    public ContentStore(string root, GarbageFolder garbage, SessionDirectory session, long? quota)
    {
        _directory = Path.Combine(root, "content");
        _garbage = garbage;
        _session = session;
        Quota = new StorageQuota(quota, () => List().Sum(content => new FileInfo(content.Path) is { Exists: true } file ? file.Length : 0));
    }

    /// <summary>The room that is left.</summary>
    public StorageQuota Quota { get; }

    /// <summary>Notes that the content is asked for, so that it is no garbage for a while; false when it is not stored.</summary>
    public bool Keep(Digest digest) => _garbage.Keep(PathOf(digest));

    /// <summary>Opens content for reading at any offset; null when it is not stored.</summary>
    public SafeFileHandle? OpenRead(Digest digest)
    {
        var path = PathOf(digest);
        return Open(path) ?? (_garbage.TryRestore(path) ? Open(path) : null);
    }

    /// <summary>Stores content that its caller hashed.</summary>
    /// <exception cref="RefusedRequestException">There is no room for it.</exception>
    public async Task WriteAsync(Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (IsStored(digest, content.Length)) return;
        Quota.Take(content.Length);
        try
        {
            await _session.WriteAsync(PathOf(digest), content, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Quota.GiveBack(content.Length);
            throw;
        }
        Quota.Store(content.Length);
    }

    /// <summary>
    /// Stores a file that its caller hashed, by moving it here; the file is gone afterwards. Returns false when the content was stored
    /// already.
    /// </summary>
    public bool Adopt(Digest digest, string file, long size)
    {
        if (IsStored(digest, size))
        {
            File.Delete(file);
            return false;
        }
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(handle);
        }
        var path = PathOf(digest);
        var folder = Path.GetDirectoryName(path)!;
        Disk.CreateFolder(folder);
        // Two uploads of one blob may come here at once: both files have the same bytes, and whoever reads the first keeps reading it.
        File.Move(file, path, overwrite: true);
        Disk.FlushFolder(folder);
        return true;
    }

    /// <summary>Everything that is stored, with its file.</summary>
    public IEnumerable<(Digest Digest, string Path)> List()
    {
        if (!Directory.Exists(_directory)) yield break;
        foreach (var path in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories))
        {
            var algorithm = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(path)));
            if (Digest.TryParse($"{algorithm}:{Path.GetFileName(path)}", out var digest)) yield return (digest, path);
        }
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A file of another size was damaged on disk; pushing its content again repairs it.
    private bool IsStored(Digest digest, long size)
    {
        var path = PathOf(digest);
        if (new FileInfo(path) is not { Exists: true } stored || stored.Length != size || !_garbage.Keep(path)) return false;
        Disk.FlushFolder(Path.GetDirectoryName(path)!); // Whoever put it there may not have come so far yet.
        return true;
    }

    // A digest's text is checked: an algorithm that is known, and hex.
    private string PathOf(Digest digest) => Path.Combine(_directory, digest.Algorithm, digest.Hex[..2], digest.Hex);
}
