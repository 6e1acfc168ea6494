// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>Names and what they stand for, as far as a page has room for them.</summary>
internal static class FactList
{
    private const int MaximumEntries = 200;

    public static void Write(HtmlWriter html, string title, IReadOnlyDictionary<string, string>? facts) =>
        Write(html, title, [.. (facts ?? new Dictionary<string, string>(StringComparer.Ordinal)).OrderBy(fact => fact.Key, StringComparer.Ordinal)]);

    /// <summary>Writes the facts in their order, and nothing at all when there are none.</summary>
    public static void Write(HtmlWriter html, string title, IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        if (facts.Count == 0) return;
        html.Write($"""<section><h2>{title}</h2><dl class="facts">""");
        foreach (var (name, value) in facts.Take(MaximumEntries)) html.Write($"<div><dt>{name}</dt><dd><code>{value}</code></dd></div>");
        html.Write($"</dl>");
        if (facts.Count > MaximumEntries) html.Write($"""<p class="dim">and {facts.Count - MaximumEntries:N0} more</p>""");
        html.Write($"</section>\n");
    }
}
