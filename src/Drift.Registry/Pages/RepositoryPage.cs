// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/r/NAME</c>: the tags of a repository, the newest version first, and for which platforms each has an image of which size.</summary>
internal sealed class RepositoryPage(RegistryStorage storage, Visitor visitor, RepositoryName name)
{
    private const int PageSize = 25;
    private readonly PageReader _reader = new(storage, name);

    /// <exception cref="RefusedRequestException">Nothing was ever pushed to the repository.</exception>
    public async Task<byte[]> RenderAsync(HttpRequest request)
    {
        var all = storage.Repositories.ListTags(name) ?? throw new RefusedRequestException(DistributionError.NameUnknown, name.ToString());
        var search = request.Query["q"].ToString();
        var slice = new PageSlice<string>(request, [.. all.Where(tag => tag.Contains(search, StringComparison.OrdinalIgnoreCase)).OrderDescending(TagOrder.Instance)], PageSize);
        var html = new HtmlWriter();
        PageFrame.Begin(html, name.ToString(), visitor);
        html.Write($"""<p class="dim">{all.Count:N0} {(all.Count == 1 ? "tag" : "tags")}</p>""");
        if (all.Count == 0) html.Write($"<p>No tag points at anything here. Manifests are found by their digests.</p>");
        else SearchField.Write(html, "Search tags", search);
        if (slice.Total > 0) await WriteTableAsync(html, slice, request.HttpContext.RequestAborted).ConfigureAwait(false);
        else if (all.Count > 0) html.Write($"<p>No tag has {search} in its name.</p>\n");
        slice.WriteLinks(html);
        return PageFrame.End(html);
    }

    private async Task WriteTableAsync(HtmlWriter html, PageSlice<string> slice, CancellationToken cancellationToken)
    {
        html.Write($"""
            <table role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Tag</th><th role="columnheader" scope="col">Platforms, compressed</th><th role="columnheader" scope="col">Created</th><th role="columnheader" scope="col">Digest</th></tr></thead>
            <tbody role="rowgroup">

            """);
        foreach (var tag in slice.Items)
        {
            if (storage.Repositories.FindTag(name, Tag.Parse(tag)) is not { } digest) continue; // Deleted meanwhile.
            var summary = await ImageSummary.ReadAsync(_reader, digest, cancellationToken).ConfigureAwait(false);
            html.Write($"""<tr role="row"><th role="rowheader" scope="row"><a href="/r/{name}:{tag}">{tag}</a></th><td role="cell" data-label="Platforms">""");
            summary.WriteParts(html);
            html.Write($"""</td><td role="cell" data-label="Created">""");
            CreationTime.Write(html, summary.Created);
            html.Write($"""</td><td role="cell" data-label="Digest">""");
            CopyButton.WriteDigest(html, digest.ToString(), $"/r/{name}@{digest}");
            html.Write($"</td></tr>\n");
        }
        html.Write($"</tbody>\n</table>\n");
    }
}
