// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>What a registry's folder was freed of, or would be.</summary>
/// <param name="Blobs">The blobs and manifests that nothing needed, in no order.</param>
/// <param name="Size">Their size together, in bytes.</param>
/// <param name="TooYoung">How many more nothing needs, but somebody asked for lately.</param>
public sealed record RegistryGarbage(IReadOnlyList<Digest> Blobs, long Size, int TooYoung)
{
    /// <summary>
    /// Deletes what no manifest in the folder needs and nobody asked for during <paramref name="grace"/>. Servers of the folder may go on
    /// meanwhile: pushes that begin or end during the collection lose nothing.
    /// </summary>
    /// <param name="storageDirectory">A registry's <see cref="RegistryOptions.StorageDirectory"/>.</param>
    /// <param name="grace">How long after it was last asked for content stays, since a push may be about to name it.</param>
    /// <param name="objects">The folder's bucket; null when it has none. No server may use the folder at the same time then.</param>
    /// <param name="dryRun">Whether to tell what would be deleted, and delete nothing.</param>
    /// <param name="cancellationToken">Ends the collection early; what is deleted by then stays deleted.</param>
    /// <exception cref="DriftException">
    /// There is no registry in the folder (<see cref="ErrorCode.SourceNotFound"/>), or what it needs cannot be read
    /// (<see cref="ErrorCode.InvalidContent"/>), so nothing was deleted.
    /// </exception>
    public static async Task<RegistryGarbage> CollectAsync(string storageDirectory, TimeSpan grace, ObjectStorage? objects = null, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storageDirectory);
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        var root = Path.GetFullPath(storageDirectory);
        if (objects is not null)
        {
            using var storage = await RegistryStorage.OpenAsync(new RegistryOptions { StorageDirectory = root, Objects = objects }, cancellationToken).ConfigureAwait(false);
            return await storage.Garbage.CollectAsync(grace, dryRun, cancellationToken).ConfigureAwait(false);
        }
        BucketClaim.Refuse(root);
        if (!Directory.Exists(Path.Combine(root, "content")))
            throw new DriftException(ErrorCode.SourceNotFound, $"There is no registry in {root}.", "Name the folder that drift registry serve stores in with --storage.");
        return await Task.Run(() => new GarbageCollector(root).CollectAsync(grace, dryRun, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
