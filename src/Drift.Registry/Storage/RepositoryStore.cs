// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>Which blobs, manifests and tags each repository shows.</summary>
internal sealed class RepositoryStore(string directory, ContentStore content, SessionDirectory session)
{
    private const string Blobs = "_blobs";
    private const string Manifests = "_manifests";
    private const string Tags = "_tags";

    /// <summary>Whether anything was ever pushed to the repository.</summary>
    public bool Exists(RepositoryName name) => Directory.Exists(PathIn(name, Blobs)) || Directory.Exists(PathIn(name, Manifests));

    /// <summary>Whether the repository shows the blob.</summary>
    public bool HasBlob(RepositoryName name, Digest digest) => File.Exists(LinkOf(name, Blobs, digest));

    /// <summary>Makes the repository show a blob that is stored.</summary>
    public void LinkBlob(RepositoryName name, Digest digest)
    {
        var link = LinkOf(name, Blobs, digest);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.OpenHandle(link, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
    }

    /// <summary>Makes the repository show the blob no longer; false when it did not. The content stays for other repositories.</summary>
    public bool UnlinkBlob(RepositoryName name, Digest digest) => Delete(LinkOf(name, Blobs, digest));

    /// <summary>Whether the repository shows the manifest.</summary>
    public bool HasManifest(RepositoryName name, Digest digest) => File.Exists(LinkOf(name, Manifests, digest));

    /// <summary>Stores a manifest and makes the repository show it; its tags are set apart, afterwards.</summary>
    public async Task PutManifestAsync(RepositoryName name, StoredManifest manifest, CancellationToken cancellationToken)
    {
        await content.WriteAsync(manifest.Digest, manifest.Content, cancellationToken).ConfigureAwait(false);
        await session.WriteAsync(LinkOf(name, Manifests, manifest.Digest), manifest.MediaType, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a manifest; null when the repository does not show it.</summary>
    public async Task<StoredManifest?> FindManifestAsync(RepositoryName name, Digest digest, CancellationToken cancellationToken)
    {
        if (await ReadLinkAsync(LinkOf(name, Manifests, digest), cancellationToken).ConfigureAwait(false) is not { } mediaType) return null;
        using var file = content.OpenRead(digest);
        if (file is null) return null;
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = await RandomAccess.ReadAsync(file, bytes.AsMemory(read), read, cancellationToken).ConfigureAwait(false);
            if (count == 0) throw new IOException($"The manifest {digest} is shorter than it was.");
            read += count;
        }
        return new StoredManifest(digest, mediaType, bytes);
    }

    /// <summary>Makes the repository show the manifest no longer, and removes the tags that point at it; false when it did not show it.</summary>
    public async Task<bool> DeleteManifestAsync(RepositoryName name, Digest digest, CancellationToken cancellationToken)
    {
        if (!HasManifest(name, digest)) return false;
        // Tags first: at no moment does one point at what is gone.
        foreach (var text in ListTags(name))
        {
            var tag = Tag.Parse(text);
            if (await FindTagAsync(name, tag, cancellationToken).ConfigureAwait(false) == digest) DeleteTag(name, tag);
        }
        return Delete(LinkOf(name, Manifests, digest));
    }

    /// <summary>Points a tag at a manifest that the repository shows.</summary>
    public Task SetTagAsync(RepositoryName name, Tag tag, Digest digest, CancellationToken cancellationToken) =>
        session.WriteAsync(TagOf(name, tag), digest.ToString(), cancellationToken);

    /// <summary>What a tag points at; null when there is no such tag.</summary>
    public async Task<Digest?> FindTagAsync(RepositoryName name, Tag tag, CancellationToken cancellationToken)
    {
        var text = await ReadLinkAsync(TagOf(name, tag), cancellationToken).ConfigureAwait(false);
        return Digest.TryParse(text, out var digest) ? digest : null;
    }

    /// <summary>Removes a tag; false when there was none. Its manifest stays.</summary>
    public bool DeleteTag(RepositoryName name, Tag tag) => Delete(TagOf(name, tag));

    /// <summary>The repository's tags, in the order of their bytes.</summary>
    public IReadOnlyList<string> ListTags(RepositoryName name)
    {
        var folder = PathIn(name, Tags);
        if (!Directory.Exists(folder)) return [];
        var tags = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(text => Tag.TryParse(text, out _)).ToArray();
        Array.Sort(tags, StringComparer.Ordinal);
        return tags;
    }

    private static async Task<string?> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool Delete(string path)
    {
        if (!File.Exists(path)) return false;
        File.Delete(path);
        return true;
    }

    // The name's, tag's and digest's types let neither ".." nor a separator at an end through.
    private string PathIn(RepositoryName name, string part) => Path.Combine(directory, name.ToString(), part);

    private string TagOf(RepositoryName name, Tag tag) => Path.Combine(PathIn(name, Tags), tag.ToString());

    private string LinkOf(RepositoryName name, string part, Digest digest) => Path.Combine(PathIn(name, part), digest.Algorithm, digest.Hex);
}
