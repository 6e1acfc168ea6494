// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A container package at GitHub: each manifest is a version of it, tagged or not.</summary>
public sealed class GitHubPackage : IPackage, IDisposable
{
    private const int PageSize = 100;
    private const int MaximumPages = 100;
    private readonly GitHubClient _client;
    private readonly string _owner;
    private readonly string _name;
    private string? _path;

    private GitHubPackage(GitHubClient client, string owner, string name)
    {
        _client = client;
        _owner = owner;
        _name = name;
    }

    /// <summary>Opens a package.</summary>
    /// <param name="client">Speaks to GitHub; disposed with the package.</param>
    /// <param name="name"><c>OWNER/NAME</c>; the name may have slashes.</param>
    /// <exception cref="DriftException">It is no such name.</exception>
    public static GitHubPackage Open(GitHubClient client, string name)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('/', 2) is [{ Length: > 0 } owner, { Length: > 0 } rest] ? new GitHubPackage(client, owner, rest) : throw new DriftException(ErrorCode.InvalidReference, $"'{name}' is no package at GitHub.", "Write OWNER/NAME, as in ghcr.io/OWNER/NAME.");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PackageVersion>> ListAsync(CancellationToken cancellationToken = default)
    {
        var path = await PathAsync(cancellationToken).ConfigureAwait(false);
        var all = new List<PackageVersion>();
        for (var page = 1; page <= MaximumPages; page++)
        {
            var versions = await _client.FindAsync(string.Create(CultureInfo.InvariantCulture, $"{path}?per_page={PageSize}&page={page}"), GitHubJsonContext.Default.ListGitHubPackageVersion, cancellationToken).ConfigureAwait(false)
                ?? throw new DriftException(ErrorCode.NotFound, $"{_client.Address.Host} has no container package {_owner}/{_name}, or does not show it.", "Check its name, and that GITHUB_TOKEN may read and delete packages.");
            all.AddRange(versions.Select(version => new PackageVersion(version.Id, Digest.Parse(version.Name), version.Metadata?.Container?.Tags ?? [], version.CreatedAt)));
            // A version that was pushed meanwhile moves one that was seen to the next page.
            if (versions.Count < PageSize) return [.. all.DistinctBy(version => version.Id)];
        }
        throw new DriftException(ErrorCode.NotSupported, $"{_owner}/{_name} has more than {MaximumPages * PageSize} versions.", "Delete some at GitHub first.");
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(PackageVersion version, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(version);
        var path = await PathAsync(cancellationToken).ConfigureAwait(false);
        await _client.DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"{path}/{version.Id}"), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Packages of users and of organisations have paths of their own.</summary>
    private async Task<string> PathAsync(CancellationToken cancellationToken)
    {
        if (_path is not null) return _path;
        var owner = await _client.FindAsync($"users/{Uri.EscapeDataString(_owner)}", GitHubJsonContext.Default.GitHubOwner, cancellationToken).ConfigureAwait(false)
            ?? throw new DriftException(ErrorCode.NotFound, $"{_client.Address.Host} knows no {_owner}.", "Check the owner's name in the reference.");
        return _path = $"{(owner.Type == "Organization" ? "orgs" : "users")}/{Uri.EscapeDataString(_owner)}/packages/container/{Uri.EscapeDataString(_name)}/versions";
    }
}
