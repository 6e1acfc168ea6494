// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>Where each repository keeps its files; see <see cref="RegistryStorage"/>.</summary>
internal sealed class RepositoryFolders(string root)
{
    private const string Blobs = "_blobs";
    private const string Manifests = "_manifests";
    private const string Tags = "_tags";
    private const string Referrers = "_referrers";
    private readonly string _directory = Path.Combine(root, "repositories");

    // The name's, tag's and digest's types let neither ".." nor a separator at an end through.
    public string TagsOf(RepositoryName name) => In(name, Tags);

    public string Tag(RepositoryName name, Tag tag) => Path.Combine(In(name, Tags), tag.ToString());

    public string Blob(RepositoryName name, Digest digest) => Path.Combine(In(name, Blobs), digest.Algorithm, digest.Hex);

    public string Manifest(RepositoryName name, Digest digest) => Path.Combine(In(name, Manifests), digest.Algorithm, digest.Hex);

    public string ReferrersOf(RepositoryName name, Digest subject) => Path.Combine(In(name, Referrers), subject.Algorithm, subject.Hex);

    public string Referrer(RepositoryName name, Digest subject, Digest referrer) => Path.Combine(ReferrersOf(name, subject), $"{referrer.Algorithm}-{referrer.Hex}");

    /// <summary>Whether anything was ever pushed to the repository.</summary>
    public bool Exists(RepositoryName name) => Directory.Exists(In(name, Blobs)) || Directory.Exists(In(name, Manifests));

    /// <summary>The repositories that something was pushed to, in the order of their bytes.</summary>
    public IReadOnlyList<RepositoryName> List()
    {
        var names = new List<RepositoryName>();
        if (Directory.Exists(_directory)) Add(_directory, "");
        names.Sort(static (left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));
        return names;

        void Add(string folder, string prefix)
        {
            foreach (var path in Directory.EnumerateDirectories(folder))
            {
                var part = Path.GetFileName(path);
                if (part.StartsWith('_')) continue;
                if (RepositoryName.TryParse(prefix + part, out var name) && Exists(name)) names.Add(name);
                Add(path, prefix + part + "/");
            }
        }
    }

    /// <summary>The blobs that the repository shows, with the files that say so.</summary>
    public IEnumerable<(Digest Digest, string Path)> ListBlobs(RepositoryName name) => ListDigests(In(name, Blobs));

    /// <summary>The manifests that the repository shows.</summary>
    public IEnumerable<(Digest Digest, string Path)> ListManifests(RepositoryName name) => ListDigests(In(name, Manifests));

    private static IEnumerable<(Digest Digest, string Path)> ListDigests(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Digest.TryParse($"{Path.GetFileName(Path.GetDirectoryName(path))}:{Path.GetFileName(path)}", out var digest)) yield return (digest, path);
        }
    }

    private string In(RepositoryName name, string part) => Path.Combine(_directory, name.ToString(), part);
}
