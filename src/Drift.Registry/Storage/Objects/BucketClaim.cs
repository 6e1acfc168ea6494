// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// The file that ties a folder to its bucket. It names the bucket, and whoever works with the folder holds it locked: the order of changes of
/// a file and its copy is known to one process only.
/// </summary>
internal static class BucketClaim
{
    private const string Name = "bucket";

    /// <summary>Takes the folder for this process. An empty one is filled with what the bucket knows.</summary>
    /// <exception cref="DriftException">The folder is in use, or is another bucket's or nobody's.</exception>
    public static async Task<IDisposable> TakeAsync(string root, ObjectStorage storage, BucketReplica replica, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, Name);
        if (!File.Exists(path) && RegistryStorage.HasNames(root))
            throw new DriftException(ErrorCode.InvalidSetting, $"{root} holds a registry without a bucket.", "Name an empty folder with --storage, and copy the images from a server of this one.");
        var file = Lock(root, path);
        try
        {
            using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
            var named = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            if (named == storage.ToString()) return file;
            if (named.Length > 0) throw new DriftException(ErrorCode.InvalidSetting, $"{root} belongs to the bucket {named}, not to {storage}.", "Name that bucket, or an empty folder with --storage.");
            await replica.RestoreAsync(cancellationToken).ConfigureAwait(false);
            Disk.FlushAll();
            await file.WriteAsync(Encoding.UTF8.GetBytes(storage.ToString()), cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes sure that a folder whose blobs are in a bucket is not used without it.</summary>
    public static void Refuse(string root)
    {
        var path = Path.Combine(root, Name);
        if (File.Exists(path)) throw new DriftException(ErrorCode.InvalidSetting, $"The blobs of {root} are in a bucket, which is not named.", $"Name it with --s3; the file {path} says which it is.");
    }

    private static FileStream Lock(string root, string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new DriftException(ErrorCode.FileSystem, $"Another process works with {root}, and with a bucket only one can.", "Stop it first; a server collects garbage itself with --gc-interval.", e);
        }
    }
}
