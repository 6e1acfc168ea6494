// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// The credentials of this user, where Docker and podman keep them: in files, and in the credential helpers that these name. Entries for a
/// path of a registry win over the registry's own, and earlier files over later ones. Each search reads the files anew.
/// </summary>
public sealed class CredentialStore : ICredentialSource
{
    private readonly IReadOnlyList<string> _files;

    /// <summary>Names the files. Nothing is read yet.</summary>
    /// <param name="files">Paths of podman's <c>auth.json</c> and Docker's <c>config.json</c>, which need not exist; new credentials go to the last one.</param>
    public CredentialStore(params IReadOnlyList<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfZero(files.Count);
        _files = [.. files.Select(Path.GetFullPath)];
    }

    /// <summary>The folders where credential helpers are; null for those of <c>PATH</c>.</summary>
    public IReadOnlyList<string>? HelperDirectories { get; init; }

    /// <summary>How long a credential helper may take.</summary>
    internal TimeSpan HelperPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async ValueTask<RegistryCredential?> FindAsync(string host, RepositoryName? repository, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        foreach (var path in _files)
        {
            if (await CredentialFile.ReadAsync(path, cancellationToken).ConfigureAwait(false) is not { } file) continue;
            foreach (var key in CredentialKey.For(host, repository))
            {
                if (Helper(file, key) is { } helper && await helper.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } kept) return kept;
                if (file.Find(key) is { } credential) return credential;
            }
        }
        return null;
    }

    /// <summary>
    /// Keeps a credential for a registry where it is found from now on: in the first file that has, or names a helper for, one for this
    /// registry, and else in the last file.
    /// </summary>
    /// <returns>Where it is kept: the file's path, or the helper's name.</returns>
    /// <exception cref="DriftException">A file cannot be read or written, or a credential helper fails.</exception>
    public async Task<string> StoreAsync(string host, RegistryCredential credential, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(credential);
        var key = CredentialKey.Parse(host);
        var file = await FileForAsync(key, cancellationToken).ConfigureAwait(false);
        if (Helper(file, key) is not { } helper)
        {
            file.Set(key, credential);
            await file.SaveAsync(cancellationToken).ConfigureAwait(false);
            return file.Path;
        }
        await helper.StoreAsync(key, credential, cancellationToken).ConfigureAwait(false);
        // What was there before the helper would stay readable.
        if (file.Contains(key) && file.Remove(key)) await file.SaveAsync(cancellationToken).ConfigureAwait(false);
        return helper.Name;
    }

    /// <summary>Forgets the credentials for a registry, in all files and helpers; those for a path of it stay.</summary>
    /// <returns>Where there was one: files' paths and helpers' names.</returns>
    /// <exception cref="DriftException">A file cannot be read or written, or a credential helper fails.</exception>
    public async Task<IReadOnlyList<string>> EraseAsync(string host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        var key = CredentialKey.Parse(host);
        var places = new List<string>();
        foreach (var path in _files)
        {
            if (await CredentialFile.ReadAsync(path, cancellationToken).ConfigureAwait(false) is not { } file) continue;
            // Helpers differ in what they say to the erasure of nothing.
            if (Helper(file, key) is { } helper && await helper.GetAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                await helper.EraseAsync(key, cancellationToken).ConfigureAwait(false);
                places.Add(helper.Name);
            }
            if (!file.Remove(key)) continue;
            await file.SaveAsync(cancellationToken).ConfigureAwait(false);
            places.Add(path);
        }
        return places;
    }

    private async Task<CredentialFile> FileForAsync(CredentialKey key, CancellationToken cancellationToken)
    {
        foreach (var path in _files.SkipLast(1))
        {
            if (await CredentialFile.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } file && (file.HelperFor(key) is not null || file.Contains(key))) return file;
        }
        return await CredentialFile.ReadOrCreateAsync(_files[^1], cancellationToken).ConfigureAwait(false);
    }

    private CredentialHelper? Helper(CredentialFile file, CredentialKey key) =>
        file.HelperFor(key) is { } name ? new CredentialHelper(name, file.Path, HelperDirectories, HelperPatience) : null;
}
