// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The address of a Git remote, as Git's manual writes them (git-clone(1), "GIT URLS").</summary>
internal static class GitUrl
{
    /// <summary>
    /// The address for everyone: https, without user, password, query and <c>.git</c>; null for a path of this machine and what is not
    /// understood, which may hold anything.
    /// </summary>
    public static string? ToWebAddress(string url)
    {
        // git@example.com:owner/name.git: a colon before any slash.
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        var slash = url.IndexOf('/', StringComparison.Ordinal);
        if (colon > 0 && !url.Contains("://", StringComparison.Ordinal) && (slash < 0 || colon < slash)) url = $"ssh://{url[..colon]}/{url[(colon + 1)..].TrimStart('/')}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0 || address.Scheme is not ("https" or "http" or "ssh" or "git" or "git+ssh")) return null;
        var isWeb = address.Scheme is "https" or "http";
        var path = address.AbsolutePath.TrimEnd('/');
        if (path.EndsWith(".git", StringComparison.Ordinal)) path = path[..^4];
        // Other protocols have ports of their own.
        var port = isWeb && !address.IsDefaultPort ? $":{address.Port}" : "";
        return $"https://{address.Host}{port}{path}";
    }
}
