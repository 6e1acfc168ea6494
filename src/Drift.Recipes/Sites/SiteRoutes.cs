// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What is answered at each path, and by which rules where there is none.</summary>
internal sealed class SiteRoutes
{
    private const string Page = ".html";
    private readonly Dictionary<string, SiteFile> _files = new(StringComparer.Ordinal);
    private readonly SiteOptions _options;

    private SiteRoutes(SiteOptions options) => _options = options;

    /// <summary>All files and redirections, in ordinal order of their paths.</summary>
    internal IReadOnlyList<SiteFile> Files => [.. _files.Values.OrderBy(file => file.UrlPath, StringComparer.Ordinal)];

    /// <summary>The rules for the server, in their order.</summary>
    internal IReadOnlyList<SiteRule> Rules { get; private set; } = [];

    /// <summary>The page for paths where there is nothing; null for none.</summary>
    internal SiteFile? NotFound { get; private set; }

    /// <summary>The page for paths that are not found and have no dot; null for none.</summary>
    internal SiteFile? Fallback { get; private set; }

    /// <exception cref="DriftException">Two files have one path, or a rule or an option names what is not there.</exception>
    internal static SiteRoutes Create(IEnumerable<SiteFile> files, SiteOptions options)
    {
        var routes = new SiteRoutes(options);
        foreach (var file in files) routes.AddFile(file);
        if (options.CleanUrls) routes.AddCleanUrls();
        var redirects = new SiteRewriting(routes._files);
        foreach (var redirect in options.Redirects) redirects.Add(redirect);
        routes.Rules = redirects.Rules;
        routes.Fallback = redirects.Fallback ?? routes.FindFallback();
        routes.NotFound = routes._files.GetValueOrDefault(SiteSegment.NotFoundPath) is { Location: null } page ? page with { Status = 404 } : null;
        return options.Base.Length == 0 ? routes : routes.Based();
    }

    /// <summary>The headers of a file's answer; those of the rules for every path alone, where the answer is for many paths.</summary>
    internal SiteHeaders HeadersOf(SiteFile file, bool isForMany)
    {
        var headers = SiteHeaders.Defaults(file.ContentType, SiteCaching.Of(isForMany ? file with { UrlPath = "/" } : file), file.IsPage);
        var path = UrlPath.Encode(file.UrlPath[(file.UrlPath.StartsWith(_options.Base + "/", StringComparison.Ordinal) ? _options.Base.Length : 0)..]);
        foreach (var rule in _options.Headers)
        {
            if (isForMany ? rule.Pattern.IsEverything : rule.Pattern.Match(path) is not null) rule.Apply(headers);
        }
        return headers;
    }

    private void AddFile(SiteFile file)
    {
        if (!UrlPath.IsServable(file.UrlPath)) throw new ArgumentException($"No request has the path '{file.UrlPath}'.", nameof(file));
        ArgumentOutOfRangeException.ThrowIfNegative(file.Length);
        if (_options.Base.Length == 0 && SiteSegment.IsHealth(file.UrlPath))
        {
            throw Invalid($"The site has a file at {file.UrlPath}, where the server says that it is well.", "Rename that file.");
        }
        if (!_files.TryAdd(file.UrlPath, file with { Compress = file.Compress && _options.Compress })) throw Invalid($"Two files of the site have the path {SiteText.Shown(file.UrlPath)}.", "Rename one of them.");
    }

    private void AddCleanUrls()
    {
        foreach (var file in Files)
        {
            if (file.Location is not null || !file.UrlPath.EndsWith(Page, StringComparison.Ordinal) || file.UrlPath == SiteSegment.NotFoundPath) continue;
            var path = file.UrlPath[..^Page.Length];
            if (path.EndsWith("/index", StringComparison.Ordinal) || (_options.Base.Length == 0 && SiteSegment.IsHealth(path))) continue;
            if (_files.TryAdd(path, file with { UrlPath = path }) || _files[path].Location is null) continue;
            throw Invalid($"{SiteText.Shown(path)} is {SiteText.Shown(file.UrlPath)} without its extension, and the folder with {SiteText.Shown(path)}/index.html.",
                $"Rename one of them, or set clean-urls: false under site in {ProjectFile.FileName}.");
        }
    }

    private SiteFile? FindFallback() => _options.Fallback is not { } name ? null
        : _files.GetValueOrDefault("/" + name) is { Location: null } file ? file
        : throw Invalid($"The site has no file {SiteText.Shown(name)}, which is to be its fallback.", $"Correct fallback under site in {ProjectFile.FileName}, or make that file.");

    private SiteRoutes Based()
    {
        var based = new SiteRoutes(_options)
        {
            Rules = [.. Rules.Select(rule => rule with
            {
                Pattern = rule.Pattern with { Text = rule.IsHealth ? rule.Pattern.Text : _options.Base + rule.Pattern.Text },
                Target = rule.Target is { } target ? Based(target) : null,
            })],
            NotFound = NotFound is null ? null : Based(NotFound),
            Fallback = Fallback is null ? null : Based(Fallback),
        };
        foreach (var file in _files.Values.Select(Based)) based._files.Add(file.UrlPath, file);
        if (!SiteSegment.IsHealth(_options.Base)) based._files.TryAdd(_options.Base, SiteFile.Redirect(_options.Base, _options.Base + "/"));
        based._files.TryAdd("/", SiteFile.Redirect("/", _options.Base + "/", 302));
        return based;
    }

    private SiteFile Based(SiteFile file) => file with { UrlPath = _options.Base + file.UrlPath, Location = file.Location is { } location ? Based(location) : null };

    private string Based(string target) => target.StartsWith('/') ? _options.Base + target : target;

    private static DriftException Invalid(string message, string hint) => new(ErrorCode.InvalidSite, message, hint);
}
