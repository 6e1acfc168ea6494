// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Win32.SafeHandles;

namespace Drift.Registry;

/// <summary>Blobs and manifests by digest, each stored once for all repositories. What is in here matched its digest when it came.</summary>
internal sealed class ContentStore(string directory, SessionDirectory session)
{
    /// <summary>Whether the content is stored, in whatever repository.</summary>
    public bool Contains(Digest digest) => File.Exists(PathOf(digest));

    /// <summary>Opens content for reading at any offset; null when it is not stored.</summary>
    public SafeFileHandle? OpenRead(Digest digest)
    {
        try
        {
            return File.OpenHandle(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Stores content that its caller hashed.</summary>
    public async Task WriteAsync(Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!IsStored(digest, content.Length)) await session.WriteAsync(PathOf(digest), content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a file that its caller hashed, by moving it here; the file is gone afterwards.</summary>
    public void Adopt(Digest digest, string file, long size)
    {
        if (IsStored(digest, size))
        {
            File.Delete(file);
            return;
        }
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(handle);
        }
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Two uploads of one blob may come here at once: both files have the same bytes, and whoever reads the first keeps reading it.
        File.Move(file, path, overwrite: true);
    }

    // A file of another size was damaged on disk; pushing its content again repairs it.
    private bool IsStored(Digest digest, long size) => new FileInfo(PathOf(digest)) is { Exists: true } stored && stored.Length == size;

    // A digest's text is checked: an algorithm that is known, and hex.
    private string PathOf(Digest digest) => Path.Combine(directory, digest.Algorithm, digest.Hex[..2], digest.Hex);
}
