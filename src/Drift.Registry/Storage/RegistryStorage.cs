// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.Extensions.Logging;

namespace Drift.Registry;

/// <summary>
/// What a registry keeps on disk. Below its folder:
/// <code>
/// content/sha256/ab/abcd…                          every blob and manifest, stored once, named by digest
/// remote/sha256/ab/abcd…                           with a bucket: size and key of the object that a blob is
/// bucket                                           with a bucket: which one it is
/// repositories/NAME/_blobs/sha256/abcd…            empty: the blob is visible in NAME
/// repositories/NAME/_manifests/sha256/abcd…        the manifest is visible in NAME; holds its media type
/// repositories/NAME/_tags/TAG                      holds the digest that the tag points at
/// repositories/NAME/_referrers/sha256/abcd…/…      what refers to the manifest abcd…, one file each
/// garbage/                                         what is just being deleted; see GarbageFolder
/// uploads/SESSION/                                 unfinished files of one running server; SESSION.lock shows that it lives
/// </code>
/// No part of a repository's name begins with an underscore, so names and folders never meet. A file appears by rename, complete
/// and flushed, and so does its name. Several servers may share the folder.
/// </summary>
internal sealed partial class RegistryStorage : IDisposable
{
    private static readonly string[] NamesFolders = ["content", "remote", "repositories"];
    private readonly SessionDirectory _session;
    private readonly Bucket? _bucket;
    private readonly IDisposable? _claim;
    private long _collections;
    private long _collectedBytes;

    private RegistryStorage(RegistryOptions options, string root, bool isWritten, Bucket? bucket, BucketReplica? replica, IDisposable? claim)
    {
        _bucket = bucket;
        _claim = claim;
        IsWritten = isWritten;
        var folders = new RepositoryFolders(root);
        var garbage = new GarbageFolder(root);
        if (IsWritten) garbage.RestoreAll();
        Garbage = new GarbageCollector(root, bucket, replica);
        _session = IsWritten ? SessionDirectory.Open(Path.Combine(root, "uploads"), replica) : SessionDirectory.ReadOnly;
        Content = new ContentStore(root, garbage, _session, options.Quota, bucket);
        Repositories = new RepositoryStore(folders, Content, garbage, _session);
        Manifests = new ManifestStore(folders, Repositories, Content, _session);
        Uploads = new BlobUploads(_session, Content.Quota, options.UploadIdleTimeout, options.Limits, options.TimeProvider);
    }

    /// <summary>Opens the storage, and fills an empty folder with what its bucket knows.</summary>
    public static async Task<RegistryStorage> OpenAsync(RegistryOptions options, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(options.StorageDirectory);
        // A mirror writes what it fetched, though its clients may not, and with a bucket the folder is no more than its copy.
        var isWritten = !options.ReadOnly || options.Upstream is not null || options.Objects is not null;
        if (isWritten) Directory.CreateDirectory(root);
        if (options.Objects is not { } objects)
        {
            BucketClaim.Refuse(root);
            return new RegistryStorage(options, root, isWritten, bucket: null, replica: null, claim: null);
        }
        var bucket = new Bucket(objects);
        IDisposable? claim = null;
        try
        {
            var replica = new BucketReplica(bucket, root);
            await bucket.CheckAsync(cancellationToken).ConfigureAwait(false);
            claim = await BucketClaim.TakeAsync(root, objects, replica, cancellationToken).ConfigureAwait(false);
            return new RegistryStorage(options, root, isWritten, bucket, replica, claim);
        }
        catch
        {
            claim?.Dispose();
            bucket.Dispose();
            throw;
        }
    }

    /// <summary>Whether the folder holds anything of a registry.</summary>
    public static bool HasNames(string root) => Array.Exists(NamesFolders, folder => Directory.Exists(Path.Combine(root, folder)));

    /// <summary>Whether a path is one of a file that a bucket keeps a copy of.</summary>
    public static bool IsNamesFile(string root, string path) => Array.Exists(NamesFolders, folder => path.StartsWith(Path.Combine(root, folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>Whether the folder may be written; else it may lie on a disk that cannot be.</summary>
    public bool IsWritten { get; }

    public ContentStore Content { get; }

    public RepositoryStore Repositories { get; }

    public ManifestStore Manifests { get; }

    public BlobUploads Uploads { get; }

    public GarbageCollector Garbage { get; }

    /// <summary>How often garbage was collected.</summary>
    public long Collections => Interlocked.Read(ref _collections);

    /// <summary>How many bytes that freed.</summary>
    public long CollectedBytes => Interlocked.Read(ref _collectedBytes);

    /// <summary>Whether the disk can be written to now.</summary>
    public bool CanWrite() => _session.CanWrite();

    /// <summary>Collects garbage as often as the options say, until it is stopped. A collection that fails is told in the log, and the next one tries again.</summary>
    public async Task CollectGarbageAsync(RegistryOptions options, CancellationToken stopped)
    {
        if (options.GarbageInterval is not { } interval || !IsWritten) return;
        var logger = options.LoggerFactory.CreateLogger("Drift.Registry");
        using var timer = new PeriodicTimer(interval, options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stopped).ConfigureAwait(false))
            {
                try
                {
                    var collected = await Task.Run(() => Garbage.CollectAsync(options.GarbageGrace, dryRun: false, stopped), stopped).ConfigureAwait(false);
                    Content.Quota.Free(collected.Size);
                    Interlocked.Increment(ref _collections);
                    Interlocked.Add(ref _collectedBytes, collected.Size);
                    LogCollected(logger, collected.Blobs.Count, collected.Size);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or DriftException)
                {
                    LogFailure(logger, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _claim?.Dispose();
        _bucket?.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Collected {Blobs} blobs, {Bytes} bytes")]
    private static partial void LogCollected(ILogger logger, int blobs, long bytes);

    [LoggerMessage(LogLevel.Error, "Collecting garbage failed")]
    private static partial void LogFailure(ILogger logger, Exception exception);
}
