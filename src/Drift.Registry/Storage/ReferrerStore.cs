// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// What refers to what. Each referrer is a file of its own below its subject, an index with the one descriptor that the referrers API lists:
/// pushes at the same time have nothing in common that one of them could overwrite.
/// </summary>
internal sealed class ReferrerStore(RepositoryFolders folders, SessionDirectory session)
{
    /// <summary>Adds a referrer. It is listed once its manifest is shown.</summary>
    public async Task AddAsync(RepositoryName name, Digest subject, Descriptor referrer, CancellationToken cancellationToken)
    {
        var path = folders.Referrer(name, subject, referrer.Digest);
        if (File.Exists(path)) return;
        await session.WriteAsync(path, OciJson.Write(new ImageIndex { Manifests = [referrer] }), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a referrer away.</summary>
    public Task RemoveAsync(RepositoryName name, Digest subject, Digest referrer, CancellationToken cancellationToken) =>
        session.DeleteAsync(folders.Referrer(name, subject, referrer), cancellationToken);

    /// <summary>The referrers of a subject and about how many bytes they are listed in, in the order of their digests; they are read one by one.</summary>
    public IEnumerable<(Descriptor Referrer, int Length)> List(RepositoryName name, Digest subject)
    {
        var folder = folders.ReferrersOf(name, subject);
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            byte[] json;
            try
            {
                json = File.ReadAllBytes(path);
            }
            catch (FileNotFoundException)
            {
                continue; // Deleted meanwhile.
            }
            yield return (OciJson.ReadIndex(json, path).Manifests[0], json.Length);
        }
    }
}
