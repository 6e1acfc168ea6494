// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>Writes a page, or a file that belongs to it, with the headers that keep browsers from doing more with it than showing it.</summary>
internal static class PageAnswer
{
    private const string Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> content, string mediaType)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.XFrameOptions = "DENY";
        // Asked for again each time, and not sent again when nothing has changed. Who may see it depends on who asks.
        headers.CacheControl = "private, no-cache";
        headers.Vary = "Authorization";
        if (context.Response.StatusCode == StatusCodes.Status200OK && Validator.Answer(context, $"\"{Convert.ToHexStringLower(SHA256.HashData(content.Span)[..16])}\"")) return Task.CompletedTask;
        return JsonAnswer.WriteAsync(context, content, mediaType);
    }
}
