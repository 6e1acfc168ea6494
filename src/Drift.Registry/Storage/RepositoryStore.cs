// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>Which blobs and tags each repository shows; <see cref="ManifestStore"/> knows its manifests.</summary>
internal sealed class RepositoryStore(RepositoryFolders folders, ContentStore content, GarbageFolder garbage, SessionDirectory session)
{
    /// <summary>Whether the repository shows the blob; its content may be gone all the same.</summary>
    public bool HasBlob(RepositoryName name, Digest digest) => garbage.Has(folders.Blob(name, digest));

    /// <summary>Notes that a client asks for the blob and may rely on the answer; false when the repository does not have it.</summary>
    public bool KeepBlob(RepositoryName name, Digest digest) => garbage.Keep(folders.Blob(name, digest)) && content.Keep(digest);

    /// <summary>Makes the repository show a blob that is stored.</summary>
    public Task LinkBlobAsync(RepositoryName name, Digest digest, CancellationToken cancellationToken)
    {
        var link = folders.Blob(name, digest);
        if (!garbage.Keep(link)) return session.CreateAsync(link, cancellationToken);
        Disk.FlushFolder(Path.GetDirectoryName(link)!);
        return Task.CompletedTask;
    }

    /// <summary>Makes the repository show the blob no longer; false when it did not. The content stays for other repositories.</summary>
    public Task<bool> UnlinkBlobAsync(RepositoryName name, Digest digest, CancellationToken cancellationToken) => session.DeleteAsync(folders.Blob(name, digest), cancellationToken);

    /// <summary>Points a tag at a manifest that the repository shows.</summary>
    public async Task SetTagAsync(RepositoryName name, Tag tag, Digest digest, CancellationToken cancellationToken)
    {
        var path = folders.Tag(name, tag);
        // Though the same may have been written just now, by a push that has not flushed it yet.
        if (FindTag(name, tag) == digest) Disk.FlushFolder(Path.GetDirectoryName(path)!);
        else await session.WriteAsync(path, digest.ToString(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a tag points at; null when there is no such tag.</summary>
    public Digest? FindTag(RepositoryName name, Tag tag) => Digest.TryParse(Disk.ReadLine(folders.Tag(name, tag)), out var digest) ? digest : null;

    /// <summary>Removes a tag; false when there was none. Its manifest stays.</summary>
    public Task<bool> DeleteTagAsync(RepositoryName name, Tag tag, CancellationToken cancellationToken) => session.DeleteAsync(folders.Tag(name, tag), cancellationToken);

    /// <summary>The repository's tags, in the order of their bytes; null when nothing was ever pushed to it.</summary>
    public IReadOnlyList<string>? ListTags(RepositoryName name)
    {
        if (!folders.Exists(name)) return null;
        var folder = folders.TagsOf(name);
        if (!Directory.Exists(folder)) return [];
        var tags = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(text => Tag.TryParse(text, out _)).ToArray();
        Array.Sort(tags, StringComparer.Ordinal);
        return tags;
    }

    /// <summary>How many tags the repository has.</summary>
    public int CountTags(RepositoryName name) => Directory.Exists(folders.TagsOf(name)) ? Directory.EnumerateFiles(folders.TagsOf(name)).Count() : 0;

    /// <summary>When a tag last came, moved or went, as the disk tells; null when it does not.</summary>
    public DateTimeOffset? LastChange(RepositoryName name) => Directory.Exists(folders.TagsOf(name)) ? new DateTimeOffset(Directory.GetLastWriteTimeUtc(folders.TagsOf(name))) : null;

    /// <summary>The blobs that the repository shows, in no order.</summary>
    public IEnumerable<Digest> ListBlobs(RepositoryName name) => folders.ListBlobs(name).Select(blob => blob.Digest);

    /// <summary>The repositories that something was pushed to, in the order of their bytes.</summary>
    public IReadOnlyList<string> List() => [.. folders.List().Select(name => name.ToString())];
}
