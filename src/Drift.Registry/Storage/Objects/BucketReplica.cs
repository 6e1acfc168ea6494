// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>
/// The copy of a registry's small files in its bucket: names, tags, manifests and what stands for each blob. It changes before the file does,
/// and before a client is answered, so a new machine with the bucket has all that was ever acknowledged.
/// </summary>
internal sealed class BucketReplica(Bucket bucket, string root)
{
    private const string Prefix = "files/";
    private const int ReadsAtOnce = 16;

    // What happens to one file happens to its copy in the same order.
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Runs <paramref name="change"/> of a file and its copy when no other one of it is under way.</summary>
    public async Task<T> ChangeAsync<T>(string path, Func<Task<T>> change, CancellationToken cancellationToken)
    {
        var gate = _locks[(uint)string.GetHashCode(path, StringComparison.Ordinal) % _locks.Length];
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await change().ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    public Task PutAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => bucket.PutAsync(KeyOf(path), content, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => bucket.DeleteAsync(KeyOf(path), cancellationToken);

    /// <summary>Makes the folder what the bucket says it was.</summary>
    public Task RestoreAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        bucket.ListAsync(Prefix, cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken }, async (copy, token) =>
    {
        var path = Path.GetFullPath(Path.Combine(root, copy[Prefix.Length..]));
        // Whoever else may write to the bucket does not write here where he likes.
        if (!RegistryStorage.IsNamesFile(root, path)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var content = await bucket.OpenAsync(copy, token).ConfigureAwait(false);
        await using var closed = content.ConfigureAwait(false);
        var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        await using (file.ConfigureAwait(false)) await content.CopyToAsync(file, token).ConfigureAwait(false);
    });

    private string KeyOf(string path) => Prefix + Path.GetRelativePath(root, path);
}
