// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Writes the heads of answers. What depends on the request or the time is added by the server.</summary>
internal sealed class SiteHead
{
    /// <summary>How many bytes of a status line come before the status.</summary>
    internal const int VersionLength = 9;

    // Below this a client has the whole in one packet, and nobody asks for a part.
    private const int SmallestRange = 1024;

    private readonly StringBuilder _text = new();

    private SiteHead(int status) => Line($"HTTP/1.1 {StatusText(status)}");

    /// <summary>The answer with a file's body: one for the body as it is, and one behind it for each variant.</summary>
    internal static SiteAnswer OfFile(int status, SiteContent content, SiteHeaders headers, string path)
    {
        var hasVariants = content.Gzip is not null || content.Brotli is not null;
        return Write(content.Identity, null) with
        {
            Gzip = content.Gzip is { } gzip ? Write(gzip, "gzip") : null,
            Brotli = content.Brotli is { } brotli ? Write(brotli, "br") : null,
        };

        SiteAnswer Write(SiteBody body, string? encoding)
        {
            var head = new SiteHead(status);
            var type = head.Type(body.Length, headers);
            if (encoding is not null) head.Line($"Content-Encoding: {encoding}");
            var rest = headers.Except(SiteHeaders.ContentType, SiteHeaders.CacheControl).ToLookup(line => DescribesBody(line.Name));
            foreach (var (name, value) in rest[true]) head.Line($"{name}: {value}");
            var tag = status == 200 ? head._text.Length : 0;
            if (tag > 0) head.Line($"ETag: \"{body.Tag}\"");
            if (tag > 0 && body.Length >= SmallestRange) head.Line("Accept-Ranges: bytes");
            if (hasVariants) head.Line("Vary: Accept-Encoding");
            head.CacheControl(headers);
            foreach (var (name, value) in rest[false]) head.Line($"{name}: {value}");
            return new SiteAnswer(head.Finish(path), type, tag) { Body = body };
        }
    }

    /// <summary>The answer that leads elsewhere; null for a head to which a rule's target is added.</summary>
    internal static SiteAnswer OfRedirect(int status, string? location, SiteHeaders headers, string path)
    {
        var head = new SiteHead(status);
        var type = head.Type(0, headers);
        head.CacheControl(headers);
        foreach (var (name, value) in headers.Except(SiteHeaders.ContentType, SiteHeaders.CacheControl)) head.Line($"{name}: {value}");
        head._text.Append("Location: ").Append(location);
        // The request's query goes behind the target: it must be the end of it, and the only one.
        var isOpen = location?.AsSpan().IndexOfAny('?', '#') is not >= 0;
        if (!isOpen) head.Line("");
        return new SiteAnswer(head.Finish(path), type, 0) { Flags = isOpen ? SiteFormat.AnswerLocation : 0 };
    }

    /// <summary>The answer whose body is the status line behind the version: it takes no bytes of its own.</summary>
    internal static SiteAnswer OfStatus(int status, SiteHeaders headers)
    {
        var head = new SiteHead(status);
        var length = head._text.Length - VersionLength;
        var type = head.Type(length, headers);
        head.CacheControl(headers);
        foreach (var (name, value) in headers.Except(SiteHeaders.ContentType, SiteHeaders.CacheControl)) head.Line($"{name}: {value}");
        return new SiteAnswer(head.Finish("any path"), type, 0) { StatusLength = length };
    }

    // A 304 is without these (RFC 9110, section 15.4.5): the client has them with the body.
    private static bool DescribesBody(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Content-Security-", StringComparison.OrdinalIgnoreCase) && !name.Equals("Content-Location", StringComparison.OrdinalIgnoreCase);

    private static string StatusText(int status) => status switch
    {
        200 => "200 OK",
        301 => "301 Moved Permanently",
        302 => "302 Found",
        303 => "303 See Other",
        307 => "307 Temporary Redirect",
        308 => "308 Permanent Redirect",
        400 => "400 Bad Request",
        404 => "404 Not Found",
        405 => "405 Method Not Allowed",
        408 => "408 Request Timeout",
        413 => "413 Content Too Large",
        414 => "414 URI Too Long",
        417 => "417 Expectation Failed",
        431 => "431 Request Header Fields Too Large",
        501 => "501 Not Implemented",
        503 => "503 Service Unavailable",
        505 => "505 HTTP Version Not Supported",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No answer has this status."),
    };

    private int Type(long length, SiteHeaders headers)
    {
        Line(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {length}"));
        var type = _text.Length;
        Line($"{SiteHeaders.ContentType}: {headers[SiteHeaders.ContentType]}");
        return type;
    }

    private void CacheControl(SiteHeaders headers)
    {
        if (headers[SiteHeaders.CacheControl] is { } value) Line($"{SiteHeaders.CacheControl}: {value}");
    }

    private void Line(string line) => _text.Append(line).Append("\r\n");

    private string Finish(string path) => _text.Length <= SiteFormat.MaxHead
        ? _text.ToString()
        : throw new DriftException(ErrorCode.InvalidSite, $"The headers of {path} are {_text.Length} bytes long; the server sends at most {SiteFormat.MaxHead}.", "Make them shorter.");
}
