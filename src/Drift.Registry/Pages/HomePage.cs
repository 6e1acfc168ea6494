// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/</c>: the repositories that the visitor may pull from.</summary>
internal sealed class HomePage(RegistryStorage storage, StorageCensus census, RegistryOptions options, Visitor visitor)
{
    private const int PageSize = 50;
    private const int MaximumBlobs = 20_000; // Each costs a look at a file.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private int _restOfBlobs = MaximumBlobs;

    public async Task<byte[]> RenderAsync(HttpRequest request)
    {
        var all = storage.Repositories.List();
        var seen = visitor.Filter(all);
        var html = new HtmlWriter();
        PageFrame.Begin(html, "Repositories", visitor);
        if (seen.Count == 0) WriteWelcome(html);
        else
        {
            var search = request.Query["q"].ToString();
            var slice = new PageSlice<string>(request, [.. seen.Where(name => name.Contains(search, StringComparison.OrdinalIgnoreCase))], PageSize);
            // How much is stored tells of repositories that the visitor does not see.
            await WriteSummaryAsync(html, seen.Count, all.Count == seen.Count, request.HttpContext.RequestAborted).ConfigureAwait(false);
            SearchField.Write(html, "Search repositories", search);
            if (slice.Total > 0) WriteTable(html, slice);
            else html.Write($"<p>No repository has {search} in its name.</p>\n");
            slice.WriteLinks(html);
        }
        return PageFrame.End(html);
    }

    private async Task WriteSummaryAsync(HtmlWriter html, int count, bool isAll, CancellationToken cancellationToken)
    {
        html.Write($"""<p class="dim">{count:N0} {(count == 1 ? "repository" : "repositories")}""");
        if (isAll && await FindTotalAsync(cancellationToken).ConfigureAwait(false) is { } total) html.Write($" · {ByteSize.Of(total)} stored, each blob once");
        html.Write($"</p>\n");
    }

    // Where there are many files, the first count takes longer than a page should; it goes on, and the next visitor sees it.
    private async Task<long?> FindTotalAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await census.CountAsync(cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false)).Bytes;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private void WriteTable(HtmlWriter html, PageSlice<string> slice)
    {
        html.Write($"""
            <table role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col">Tags</th><th role="columnheader" scope="col">Size</th><th role="columnheader" scope="col">Changed</th></tr></thead>
            <tbody role="rowgroup">

            """);
        foreach (var name in slice.Items)
        {
            var repository = RepositoryName.Parse(name);
            html.Write($"""<tr role="row"><th role="rowheader" scope="row"><a href="/r/{name}">{name}</a></th><td role="cell" data-label="Tags">{storage.Repositories.CountTags(repository):N0}</td><td role="cell" data-label="Size">{SizeOf(repository)}</td><td role="cell" data-label="Changed">""");
            if (storage.Repositories.LastChange(repository) is { } time) CreationTime.Write(html, time);
            html.Write($"</td></tr>\n");
        }
        html.Write($"</tbody>\n</table>\n");
    }

    private string SizeOf(RepositoryName name)
    {
        var size = 0L;
        foreach (var digest in storage.Repositories.ListBlobs(name))
        {
            if (_restOfBlobs-- <= 0) return "–";
            size += storage.Content.SizeOf(digest) ?? 0;
        }
        return ByteSize.Of(size);
    }

    private void WriteWelcome(HtmlWriter html)
    {
        html.Write($"<p>Nothing is here yet{(visitor.CanLogIn ? ", or nothing that can be seen without a log-in" : "")}. {(options.Upstream is not null ? "What is pulled through this mirror is kept:" : options.ReadOnly ? "The registry is read-only." : "Push an image, from Docker or with Drift:")}</p>\n");
        string[] commands = options.Upstream is not null ? [$"docker pull {visitor.Host}/NAME:TAG"]
            : options.ReadOnly ? []
            : [$"docker tag IMAGE {visitor.Host}/NAME:TAG", $"docker push {visitor.Host}/NAME:TAG", $"drift push docker-daemon:IMAGE {visitor.Host}/NAME:TAG"];
        html.Write($"""<ul class="commands">""");
        foreach (var command in commands) CopyButton.WriteCommand(html, command);
        html.Write($"""</ul><p><a href="{PageFrame.Documentation}">How this registry is used</a></p>""");
    }
}
