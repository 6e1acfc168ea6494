// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>The part of a list that one page shows: the one whose number <c>?page=</c> tells, or the nearest that there is.</summary>
internal sealed class PageSlice<T>
{
    private readonly string _path;
    private readonly string _query;

    /// <param name="request">The request, whose query names the part.</param>
    /// <param name="all">The whole list, sorted.</param>
    /// <param name="size">How many entries a page shows.</param>
    public PageSlice(HttpRequest request, IReadOnlyList<T> all, int size)
    {
        Total = all.Count;
        Pages = Math.Max(1, (all.Count + size - 1) / size);
        Number = int.TryParse(request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, Pages) : 1;
        Offset = (Number - 1) * size;
        Items = [.. all.Skip(Offset).Take(size)];
        _path = request.Path.Value!;
        _query = request.Query["q"].ToString() is { Length: > 0 } search ? $"q={Uri.EscapeDataString(search)}&" : "";
    }

    /// <summary>What this page shows.</summary>
    public IReadOnlyList<T> Items { get; }

    /// <summary>How many entries come before them.</summary>
    public int Offset { get; }

    /// <summary>How many entries there are on all pages.</summary>
    public int Total { get; }

    private int Number { get; }

    private int Pages { get; }

    /// <summary>Writes the links to the pages before and after, where there are any.</summary>
    public void WriteLinks(HtmlWriter html)
    {
        if (Pages == 1) return;
        html.Write($"""<nav class="pages" aria-label="Pages">""");
        if (Number > 1) html.Write($"""<a rel="prev" href="{_path}?{_query}page={Number - 1}">Previous</a>""");
        html.Write($"<span>Page {Number:N0} of {Pages:N0}</span>");
        if (Number < Pages) html.Write($"""<a rel="next" href="{_path}?{_query}page={Number + 1}">Next</a>""");
        html.Write($"</nav>\n");
    }
}
