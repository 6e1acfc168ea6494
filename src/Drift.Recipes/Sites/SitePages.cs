// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>The files of a site, with those pages in memory that hold placeholders.</summary>
internal sealed class SitePages
{
    // Pages with placeholders are written by hand; a larger file is served as it is.
    private const int MaximumPage = 1024 * 1024;
    private readonly IReadOnlyList<SiteFile> _files;
    private readonly Dictionary<ContentSource, byte[]> _templates;
    private readonly ReadOnlyMemory<byte>? _plainFront;

    private SitePages(IReadOnlyList<SiteFile> files, Dictionary<ContentSource, byte[]> templates, ReadOnlyMemory<byte>? plainFront)
    {
        _files = files;
        _templates = templates;
        _plainFront = plainFront;
        StateSizes = templates.Values.Any(page => SitePlaceholders.StateSizes(page));
    }

    /// <summary>Whether a page states a size, so that it has to be found first.</summary>
    public bool StateSizes { get; }

    /// <summary>Reads a site's folder.</summary>
    public static async Task<SitePages> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        var files = SiteFolder.Read(directory);
        var templates = new Dictionary<ContentSource, byte[]>();
        ReadOnlyMemory<byte>? front = null;
        foreach (var file in files.Where(file => file.Location is null && file.Length <= MaximumPage && file.ContentType.StartsWith("text/html", StringComparison.Ordinal)))
        {
            if (templates.ContainsKey(file.Content)) continue;
            var opened = await file.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = opened.ConfigureAwait(false);
            var page = new byte[file.Length];
            await opened.Stream.ReadExactlyAsync(page, cancellationToken).ConfigureAwait(false);
            if (page.AsSpan().IndexOf(SitePlaceholders.Start) >= 0) templates[file.Content] = page;
            if (file.UrlPath == "/") front = page;
        }
        return new SitePages(files, templates, front);
    }

    /// <summary>
    /// The files with the facts in their pages, and what <c>/</c> answers (null when that page is too large to be kept). Paths that shared
    /// a page still share it.
    /// </summary>
    public (IReadOnlyList<SiteFile> Files, ReadOnlyMemory<byte>? Front) Fill(SitePlaceholders placeholders, int padding)
    {
        var filled = _templates.ToDictionary(template => template.Key, template =>
        {
            var page = placeholders.Fill(template.Value, padding);
            // What a page that states sizes is compressed to would be part of those sizes: it goes as it is.
            return (Page: page, Content: ContentSource.FromBytes(page), StateSizes: SitePlaceholders.StateSizes(template.Value));
        });
        var front = _plainFront;
        var files = new List<SiteFile>(_files.Count);
        foreach (var file in _files)
        {
            if (filled.TryGetValue(file.Content, out var page))
            {
                files.Add(file with { Content = page.Content, Length = page.Page.Length, Compress = !page.StateSizes });
                if (file.UrlPath == "/") front = page.Page;
            }
            else
            {
                files.Add(file);
            }
        }
        return (files, front);
    }
}
