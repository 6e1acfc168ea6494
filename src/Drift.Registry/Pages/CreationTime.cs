// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Registry;

/// <summary>When something was made, for people.</summary>
internal static class CreationTime
{
    // The first days of Unix, of Go and of what a zip can tell stand for "whenever": the same bytes at any time.
    private static readonly DateTimeOffset LastOfNone = new(1980, 1, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the <c>created</c> of a config: RFC 3339, or anything else.</summary>
    public static void Write(HtmlWriter html, string? created)
    {
        if (!DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) html.Write($"unknown");
        else if (time < LastOfNone) html.Write($"""<span title="{created}">reproducible</span>""");
        else Write(html, time);
    }

    /// <summary>Writes a time.</summary>
    public static void Write(HtmlWriter html, DateTimeOffset time) =>
        html.Write($"""<time datetime="{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{time.UtcDateTime:yyyy-MM-dd HH:mm} UTC</time>""");
}
