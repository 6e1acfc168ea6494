// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What a credential is for: a registry, or the repositories below a path of it (containers-auth.json(5)).</summary>
/// <param name="Host">The registry's host, in lower case; <c>docker.io</c> for all names of Docker Hub.</param>
/// <param name="Path">The path, as <c>team/app</c>; empty for the whole registry.</param>
internal readonly record struct CredentialKey(string Host, string Path)
{
    private const string DockerHub = "docker.io";
    // Docker's name for its own registry, from the days of another protocol.
    private const string DockerHubAddress = "https://index.docker.io/v1/";

    /// <summary>How Docker, podman and credential helpers write it.</summary>
    public string Text => Path.Length > 0 ? $"{Host}/{Path}" : Host == DockerHub ? DockerHubAddress : Host;

    /// <summary>What a credential for a repository may be kept under, the most specific first.</summary>
    public static IEnumerable<CredentialKey> For(string host, RepositoryName? repository)
    {
        var registry = Parse(host);
        for (var path = repository?.ToString() ?? ""; path.Length > 0; path = path[..Math.Max(path.LastIndexOf('/'), 0)]) yield return registry with { Path = path };
        yield return registry;
    }

    /// <summary>Reads any of the spellings in use: with a scheme, and with the path of an API's version.</summary>
    public static CredentialKey Parse(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? text : text[(scheme + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var host = (slash < 0 ? rest : rest[..slash]).ToLowerInvariant();
        var path = slash < 0 ? "" : rest[(slash + 1)..].Trim('/');
        // Docker writes addresses, whose path says nothing; podman's paths have no scheme.
        if (scheme >= 0 || path is "v1" or "v2") path = "";
        return new CredentialKey(host is "index.docker.io" or "registry-1.docker.io" ? DockerHub : host, path);
    }
}
