// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary><c>/healthz</c> and <c>/metrics</c>: for whoever operates the registry, by the names that are customary.</summary>
internal sealed class OperationEndpoint(StorageHealth health, RegistryMetrics? metrics)
{
    /// <summary>200 while the registry serves and can store; else 503 with the reason in one line.</summary>
    public Task CheckAsync(HttpContext context)
    {
        var problem = health.Check();
        context.Response.StatusCode = problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(context, (problem ?? "ok") + "\n", "text/plain; charset=utf-8");
    }

    /// <summary>The metrics, where they were asked for.</summary>
    public async Task MeasureAsync(HttpContext context)
    {
        if (metrics is null) throw new RefusedRequestException(DistributionError.NoEndpoint, context.Request.Path.Value);
        await WriteAsync(context, await metrics.WriteAsync(context.RequestAborted).ConfigureAwait(false), PrometheusText.MediaType).ConfigureAwait(false);
    }

    private static Task WriteAsync(HttpContext context, string text, string mediaType)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(context, Encoding.UTF8.GetBytes(text), mediaType);
    }
}
