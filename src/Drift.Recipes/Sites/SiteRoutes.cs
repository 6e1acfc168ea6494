// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What is answered at each path.</summary>
internal sealed class SiteRoutes
{
    private readonly Dictionary<string, SiteFile> _files = new(StringComparer.Ordinal);

    private SiteRoutes()
    {
    }

    /// <summary>All of them, in ordinal order of their paths.</summary>
    internal IReadOnlyList<SiteFile> Files => [.. _files.Values.OrderBy(file => file.UrlPath, StringComparer.Ordinal)];

    /// <summary>The page for paths where there is nothing; null for none.</summary>
    internal SiteFile? NotFound { get; private init; }

    internal static SiteRoutes Create(IEnumerable<SiteFile> files)
    {
        var routes = new SiteRoutes();
        foreach (var file in files) routes.AddFile(file);
        return new SiteRoutes(routes._files) { NotFound = routes._files.GetValueOrDefault(SiteSegment.NotFoundPath) is { Location: null } page ? page with { Status = 404 } : null };
    }

    private SiteRoutes(Dictionary<string, SiteFile> files) => _files = files;

    private void AddFile(SiteFile file)
    {
        if (!UrlPath.IsServable(file.UrlPath)) throw new ArgumentException($"No request has the path '{file.UrlPath}'.", nameof(file));
        ArgumentOutOfRangeException.ThrowIfNegative(file.Length);
        if (file.UrlPath is SiteSegment.HealthPath or SiteSegment.LivenessPath)
        {
            throw new DriftException(ErrorCode.InvalidSite, $"The site has a file at {file.UrlPath}, where the server says that it is well.", "Rename that file.");
        }
        if (!_files.TryAdd(file.UrlPath, file)) throw new DriftException(ErrorCode.InvalidSite, $"Two files of the site have the path {SiteText.Shown(file.UrlPath)}.", "Rename one of them.");
    }
}
