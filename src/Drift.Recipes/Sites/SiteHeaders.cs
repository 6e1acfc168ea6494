// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The headers of an answer besides those that its body makes; names are told apart without regard to case.</summary>
internal sealed class SiteHeaders
{
    internal const string ContentType = "Content-Type";
    internal const string CacheControl = "Cache-Control";
    private readonly List<(string Name, string Value)> _lines = [];

    internal static SiteHeaders Defaults(string contentType, string? cacheControl, bool isPage)
    {
        var headers = new SiteHeaders();
        headers.Add(ContentType, contentType);
        if (cacheControl is not null) headers.Add(CacheControl, cacheControl);
        headers.Add("X-Content-Type-Options", "nosniff");
        if (!isPage) return headers;
        headers.Add("Referrer-Policy", "strict-origin-when-cross-origin");
        headers.Add("X-Frame-Options", "SAMEORIGIN");
        return headers;
    }

    internal string? this[string name] => _lines.Find(line => Is(line, name)).Value;

    /// <summary>The lines whose names are not among these, in their order.</summary>
    internal IEnumerable<(string Name, string Value)> Except(params string[] names) => _lines.Where(line => !names.Any(name => Is(line, name)));

    internal void Add(string name, string value) => _lines.Add((name, value));

    /// <summary>One line of this name, in the place of all there are.</summary>
    internal void Set(string name, string value)
    {
        var index = _lines.FindIndex(line => Is(line, name));
        Remove(name);
        _lines.Insert(index < 0 ? _lines.Count : index, (name, value));
    }

    internal void Remove(string name) => _lines.RemoveAll(line => Is(line, name));

    private static bool Is((string Name, string Value) line, string name) => line.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
