// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What a site answers at one path.</summary>
/// <param name="UrlPath">The path from <c>/</c>, not percent-encoded, without a query: what the server finds when it has decoded a request's path.</param>
/// <param name="Length">How many bytes <paramref name="Content"/> has.</param>
/// <param name="Content">The body. Files that share one instance are read once.</param>
/// <param name="ContentType">The media type, with its charset where it has one.</param>
public sealed record SiteFile(string UrlPath, long Length, ContentSource Content, string ContentType)
{
    private static readonly ContentSource Nothing = ContentSource.FromBytes(ReadOnlyMemory<byte>.Empty);

    /// <summary>Where to go instead, percent-encoded; null for a file. The answer then has no body.</summary>
    public string? Location { get; init; }

    /// <summary>The status: 200, or that of a redirection, or 404 for a page that says so.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Whether clients may get the body compressed, where its type and size are worth it.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Whether it is a page: what browsers show, and what links lead to.</summary>
    internal bool IsPage => ContentType.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) || ContentType.StartsWith("application/xhtml", StringComparison.OrdinalIgnoreCase);

    /// <summary>A file of text, as UTF-8.</summary>
    public static SiteFile FromText(string urlPath, string text, string contentType = "text/html; charset=utf-8")
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new SiteFile(urlPath, bytes.Length, ContentSource.FromBytes(bytes), contentType);
    }

    /// <summary>A redirection: 301 for good, or 302, 303, 307 or 308.</summary>
    public static SiteFile Redirect(string urlPath, string location, int status = 301) => new(urlPath, 0, Nothing, "text/plain") { Location = location, Status = status };
}
