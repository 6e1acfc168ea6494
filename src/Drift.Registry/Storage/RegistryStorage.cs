// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>
/// What a registry keeps on disk. Below its folder:
/// <code>
/// content/sha256/ab/abcd…                          every blob and manifest, stored once, named by digest
/// repositories/NAME/_blobs/sha256/abcd…            empty: the blob is visible in NAME
/// repositories/NAME/_manifests/sha256/abcd…        the manifest is visible in NAME; holds its media type
/// repositories/NAME/_tags/TAG                      holds the digest that the tag points at
/// uploads/SESSION/                                 unfinished files of one running server; SESSION.lock shows that it lives
/// </code>
/// No part of a repository's name begins with an underscore, so names and folders never meet. A file appears by rename, complete
/// and flushed. Several servers may share the folder.
/// </summary>
internal sealed class RegistryStorage : IDisposable
{
    private readonly SessionDirectory _session;

    public RegistryStorage(string directory, TimeSpan uploadIdleTimeout, TimeProvider timeProvider)
    {
        var root = Path.GetFullPath(directory);
        Directory.CreateDirectory(root);
        _session = SessionDirectory.Open(Path.Combine(root, "uploads"));
        Content = new ContentStore(Path.Combine(root, "content"), _session);
        Repositories = new RepositoryStore(Path.Combine(root, "repositories"), Content, _session);
        Uploads = new BlobUploads(_session, uploadIdleTimeout, timeProvider);
    }

    public ContentStore Content { get; }

    public RepositoryStore Repositories { get; }

    public BlobUploads Uploads { get; }

    public void Dispose() => _session.Dispose();
}
