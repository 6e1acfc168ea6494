// SPDX-License-Identifier: Apache-2.0

using System.Buffers;

namespace Drift.Recipes;

/// <summary>Which headers a site may have of its own.</summary>
internal static class SiteHeaderNames
{
    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // They tell of the connection, of the body as it is sent, or of what the server can do.
    private static readonly string[] OfServer =
    [
        "Accept-Ranges", "Age", "Allow", "Alt-Svc", "Connection", "Content-Encoding", "Content-Length", "Content-Range", "Date", "ETag", "Keep-Alive", "Last-Modified",
        "Location", "Proxy-Authenticate", "Server", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Vary", "WWW-Authenticate",
    ];

    /// <summary>What is wrong with a header, and what to do about it; null for nothing.</summary>
    internal static (string Problem, string Hint)? Check(string name, string? value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token)) return ($"'{name}' is no name of a header.", "Write NAME: VALUE.");
        if (OfServer.Contains(name, StringComparer.OrdinalIgnoreCase)) return ($"The header {name} is the server's own.", "Leave it out.");
        if (name.Equals("Basic-Auth", StringComparison.OrdinalIgnoreCase)) return ("The server knows no passwords.", "Leave Basic-Auth out, and protect the site by what stands before it.");
        if (value is null && name.Equals(SiteHeaders.ContentType, StringComparison.OrdinalIgnoreCase)) return ("Every answer has a Content-Type.", "Set another one, for example application/octet-stream.");
        if (value is { Length: 0 }) return ($"The header {name} has no value.", $"Write a value, or '! {name}' to take it away.");
        if (value?.AsSpan().ContainsAnyExceptInRange(' ', '~') == true) return ($"The value of {name} holds something else than printable ASCII.", "Write it in ASCII, percent-encoded where it is part of an address.");
        return null;
    }
}
