// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What a site answers at one path.</summary>
/// <param name="UrlPath">The path as browsers send it: from <c>/</c>, percent-encoded, without a query.</param>
/// <param name="Length">How many bytes <paramref name="Content"/> has.</param>
/// <param name="Content">The body. Files that share one instance share its bytes in the segment.</param>
/// <param name="ContentType">The media type, with its charset where it has one.</param>
public sealed record SiteFile(string UrlPath, long Length, ContentSource Content, string ContentType)
{
    private static readonly ContentSource Nothing = ContentSource.FromBytes(ReadOnlyMemory<byte>.Empty);

    /// <summary>Where to go instead; null for a file. The answer is then 301 and has no body.</summary>
    public string? Location { get; init; }

    /// <summary>A file of text, as UTF-8.</summary>
    public static SiteFile FromText(string urlPath, string text, string contentType = "text/html; charset=utf-8")
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new SiteFile(urlPath, bytes.Length, ContentSource.FromBytes(bytes), contentType);
    }

    /// <summary>A redirection to another path for good.</summary>
    public static SiteFile Redirect(string urlPath, string location) => new(urlPath, 0, Nothing, "text/plain; charset=utf-8") { Location = location };
}
