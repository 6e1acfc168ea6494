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
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
