// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>How a site is served. What the folder's own <c>_headers</c> and <c>_redirects</c> say comes on top.</summary>
public sealed record SiteOptions
{
    /// <summary>The page, relative to the folder, for paths that are not found and whose last segment has no dot, as single page apps want it; null for none.</summary>
    public string? Fallback { get; init; }

    /// <summary>What every path begins with but those of health, for example <c>/docs</c>; empty for nothing.</summary>
    public string Base { get; init; } = "";

    /// <summary>Whether <c>about.html</c> answers at <c>/about</c>, too.</summary>
    public bool CleanUrls { get; init; } = true;

    /// <summary>Whether clients get text compressed.</summary>
    public bool Compress { get; init; } = true;

    internal IReadOnlyList<SiteHeaderRule> Headers { get; init; } = [];

    internal IReadOnlyList<SiteRedirect> Redirects { get; init; } = [];

    /// <summary>Whether <c>/</c> answers with <c>index.html</c>, and does not lead elsewhere.</summary>
    internal bool ServesIndexAtRoot => Base.Length == 0 && !Redirects.Any(redirect => redirect.Force && redirect.Source.Match("/") is not null);

    /// <summary>These with the rules of a folder, <c>_headers</c> and <c>_redirects</c>; those of a project file come last.</summary>
    /// <exception cref="Drift.Oci.DriftException">A rule is not what it should be: the message begins with the file and the line.</exception>
    public SiteOptions With(string directory) => this with
    {
        Headers = [.. SiteHeadersFile.Read(directory), .. Headers],
        Redirects = SiteRedirectsFile.Read(directory),
    };
}
