// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>Writes a body of JSON with its length.</summary>
internal static class JsonAnswer
{
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, string mediaType = "application/json")
    {
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = json.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        Exchange.NoteSent(context, json.Length);
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
