// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>Conditional requests (RFC 9110 §13): the digest is the entity tag of content, so what a client has is never sent again.</summary>
internal static class Validator
{
    /// <summary>Sets the headers that name the content; true when the client has it, and 304 says all that there is to say.</summary>
    public static bool Answer(HttpContext context, Digest digest)
    {
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        return Answer(context, $"\"{digest}\"");
    }

    /// <summary>Sets the entity tag; true when the client has what it stands for.</summary>
    public static bool Answer(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        var known = context.Request.Headers.IfNoneMatch;
        if (known.Count == 0 || !known.Any(line => line is not null && line.Split(',').Any(one => IsTag(one.AsSpan().Trim(), tag)))) return false;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    /// <summary>Whether a range may be sent: <c>If-Range</c> is absent or names this content. Else the client gets the whole.</summary>
    public static bool AllowsRange(HttpRequest request, Digest digest) => request.Headers.IfRange.Count == 0 || request.Headers.IfRange.ToString() == $"\"{digest}\"";

    private static bool IsTag(ReadOnlySpan<char> text, string tag) => text is "*" || text.SequenceEqual(tag) || (text.StartsWith("W/") && text[2..].SequenceEqual(tag));
}
