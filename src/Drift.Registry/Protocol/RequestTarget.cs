// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// A request path taken apart. Names contain slashes and may contain words such as <c>blobs</c> and <c>tags</c>, so the path is
/// read from its end, where the specification's own words stand.
/// </summary>
/// <param name="Kind">What is addressed.</param>
/// <param name="Name">The text in the repository's place; empty for what is about none.</param>
/// <param name="Reference">The digest, tag or upload that is addressed; not checked yet.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestTarget(EndpointKind Kind, string Name, string Reference)
{
    private const string Prefix = "/v2/";
    private const string PagePrefix = "/r/";

    /// <summary>Whether it is about a repository.</summary>
    public bool HasName => Kind is not (EndpointKind.Ping or EndpointKind.Token or EndpointKind.Catalog or EndpointKind.Health or EndpointKind.Metrics
        or EndpointKind.HomePage or EndpointKind.PageFile or EndpointKind.LogIn);

    /// <summary>Whether it is for people: answered in HTML, errors too.</summary>
    public bool IsPage => Kind is EndpointKind.HomePage or EndpointKind.RepositoryPage or EndpointKind.ImagePage or EndpointKind.PageFile or EndpointKind.LogIn;

    public bool HasValidName => RepositoryName.TryParse(Name, out _);

    public RepositoryName Repository => RepositoryName.Parse(Name);

    /// <summary>Takes a decoded path apart; null when no endpoint has this form.</summary>
    public static RequestTarget? Parse(string? path)
    {
        if (path is "/v2" or Prefix) return new RequestTarget(EndpointKind.Ping, "", "");
        if (path is "/healthz") return new RequestTarget(EndpointKind.Health, "", "");
        if (path is "/metrics") return new RequestTarget(EndpointKind.Metrics, "", "");
        if (path is "/v2/token") return new RequestTarget(EndpointKind.Token, "", "");
        if (path is "/") return new RequestTarget(EndpointKind.HomePage, "", "");
        if (path is "/login") return new RequestTarget(EndpointKind.LogIn, "", "");
        if (path is "/page.css" or "/page.js") return new RequestTarget(EndpointKind.PageFile, "", path);
        if (path?.StartsWith(PagePrefix, StringComparison.Ordinal) == true) return ParsePage(path[PagePrefix.Length..]);
        if (path is "/v2/_catalog") return new RequestTarget(EndpointKind.Catalog, "", "");
        if (path is null || !path.StartsWith(Prefix, StringComparison.Ordinal)) return null;

        var rest = path[Prefix.Length..];
        if (Before(rest, "/tags/list") is { } listed) return new RequestTarget(EndpointKind.TagList, listed, "");
        if (Before(rest, "/blobs/uploads") is { } uploads) return new RequestTarget(EndpointKind.Uploads, uploads, "");
        var slash = rest.LastIndexOf('/');
        if (slash < 0) return null;
        var (head, reference) = (rest[..slash], rest[(slash + 1)..]);
        if (Before(head, "/blobs/uploads") is { } upload)
            return new RequestTarget(reference.Length == 0 ? EndpointKind.Uploads : EndpointKind.Upload, upload, reference);
        if (Before(head, "/blobs") is { } blob) return new RequestTarget(EndpointKind.Blob, blob, reference);
        if (Before(head, "/referrers") is { } referred) return new RequestTarget(EndpointKind.Referrers, referred, reference);
        if (Before(head, "/manifests") is { } manifest) return new RequestTarget(EndpointKind.Manifest, manifest, reference);
        return null;
    }

    // As references are written: NAME, NAME:TAG or NAME@DIGEST.
    private static RequestTarget ParsePage(string text)
    {
        var end = text.AsSpan().IndexOfAny(':', '@');
        return end < 0 ? new RequestTarget(EndpointKind.RepositoryPage, text, "") : new RequestTarget(EndpointKind.ImagePage, text[..end], text[(end + 1)..]);
    }

    private static string? Before(string text, string ending) =>
        text.EndsWith(ending, StringComparison.Ordinal) ? text[..^ending.Length] : null;
}
