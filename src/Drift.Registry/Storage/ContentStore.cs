// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary>
/// Blobs and manifests by digest, each stored once for all repositories. What is in here matched its digest when it came. With a bucket, blobs
/// are there, and a small file stands for each.
/// </summary>
internal sealed class ContentStore
{
    /// <summary>What the keys of all blobs in a bucket begin with; algorithm, hexadecimal digest and a part that no other object has follow.</summary>
    public const string ObjectPrefix = "blobs/";

    private readonly string _directory;
    private readonly string _remoteDirectory;
    private readonly Bucket? _bucket;
    private readonly GarbageFolder _garbage;
    private readonly SessionDirectory _session;

    public ContentStore(string root, GarbageFolder garbage, SessionDirectory session, long? quota, Bucket? bucket = null)
    {
        _directory = Path.Combine(root, "content");
        _remoteDirectory = Path.Combine(root, "remote");
        _bucket = bucket;
        _garbage = garbage;
        _session = session;
        Quota = new StorageQuota(quota, () => List().Sum(static content => content.Size));
    }

    /// <summary>The room that is left.</summary>
    public StorageQuota Quota { get; }

    /// <summary>Notes that the content is asked for, so that it is no garbage for a while; false when it is not stored.</summary>
    public bool Keep(Digest digest) => _garbage.Keep(PathOf(digest)) || (_bucket is not null && _garbage.Keep(RemotePathOf(digest)));

    /// <summary>Opens content for reading at any offset; null when it is not stored here.</summary>
    public SafeFileHandle? OpenRead(Digest digest)
    {
        var path = PathOf(digest);
        return Open(path) ?? (_garbage.TryRestore(path) ? Open(path) : null);
    }

    /// <summary>The content's size in bytes; null when it is not stored.</summary>
    public long? SizeOf(Digest digest) => new FileInfo(PathOf(digest)) is { Exists: true } file ? file.Length : FindObject(digest)?.Size;

    /// <summary>The object that the content is in the bucket; null when it is none.</summary>
    public StoredObject? FindObject(Digest digest)
    {
        if (_bucket is null) return null;
        var path = RemotePathOf(digest);
        return StoredObject.Parse(Disk.ReadLine(path) ?? (_garbage.TryRestore(path) ? Disk.ReadLine(path) : null));
    }

    /// <summary>Reads an object up to, and without, <paramref name="end"/>.</summary>
    public ObjectReader Open(StoredObject content, long end) => new(_bucket!, content, end);

    /// <summary>Where clients may read the object themselves.</summary>
    public string AddressOf(StoredObject content) => _bucket!.AddressOf(content.Key);

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
    /// Stores a file that its caller hashed, by moving it here or to the bucket; the file is gone afterwards. Returns false when the content
    /// was stored already.
    /// </summary>
    public async Task<bool> AdoptAsync(Digest digest, string file, long size, CancellationToken cancellationToken)
    {
        if (IsStored(digest, size))
        {
            File.Delete(file);
            return false;
        }
        if (_bucket is not null)
        {
            var content = new StoredObject(size, $"{ObjectPrefix}{digest.Algorithm}/{digest.Hex}/{Guid.NewGuid():n}");
            using (_bucket.Announce(content.Key))
            {
                await _bucket.PutFileAsync(content.Key, file, size, cancellationToken).ConfigureAwait(false);
                await _session.WriteAsync(RemotePathOf(digest), content.ToString(), cancellationToken).ConfigureAwait(false);
            }
            File.Delete(file);
            return true;
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

    /// <summary>Everything that is stored, with its file and its size in bytes.</summary>
    public IEnumerable<(Digest Digest, string Path, long Size)> List()
    {
        foreach (var (digest, path) in ListFiles(_directory)) yield return (digest, path, new FileInfo(path) is { Exists: true } file ? file.Length : 0);
        foreach (var (digest, path) in ListFiles(_remoteDirectory)) yield return (digest, path, StoredObject.Parse(Disk.ReadLine(path))?.Size ?? 0);
    }

    private static IEnumerable<(Digest Digest, string Path)> ListFiles(string directory)
    {
        if (!Directory.Exists(directory)) yield break;
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
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
        if (FindObject(digest)?.Size == size && _garbage.Keep(RemotePathOf(digest))) path = RemotePathOf(digest);
        else if (new FileInfo(path) is not { Exists: true } stored || stored.Length != size || !_garbage.Keep(path)) return false;
        Disk.FlushFolder(Path.GetDirectoryName(path)!); // Whoever put it there may not have come so far yet.
        return true;
    }

    // A digest's text is checked: an algorithm that is known, and hex.
    private string PathOf(Digest digest) => Path.Combine(_directory, digest.Algorithm, digest.Hex[..2], digest.Hex);

    /// <summary>The small file that stands for an object.</summary>
    public string RemotePathOf(Digest digest) => Path.Combine(_remoteDirectory, digest.Algorithm, digest.Hex[..2], digest.Hex);
}
