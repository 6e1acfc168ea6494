// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Drift.Registry;

/// <summary>Counts and logs the requests of another application. Where nobody wants to know, it is left out.</summary>
internal sealed class ObservedApplication(IHttpApplication<HttpContext> application, RegistryMetrics? metrics, Action<RegistryRequest>? log, TimeProvider timeProvider) : IHttpApplication<HttpContext>
{
    // What is customary in logs for a client that did not wait for its answer.
    private const int ClientGone = 499;

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => application.CreateContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception) => application.DisposeContext(context, exception);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var exchange = new Exchange();
        context.Features.Set(exchange);
        var time = timeProvider.GetUtcNow();
        var begin = timeProvider.GetTimestamp();
        metrics?.Begin();
        try
        {
            await application.ProcessRequestAsync(context).ConfigureAwait(false);
        }
        finally
        {
            var duration = timeProvider.GetElapsedTime(begin);
            var status = context.RequestAborted.IsCancellationRequested ? ClientGone : context.Response.StatusCode;
            metrics?.End(context.Request, status, exchange, duration);
            log?.Invoke(Describe(context, exchange, time, status, duration));
        }
    }

    private static RegistryRequest Describe(HttpContext context, Exchange exchange, DateTimeOffset time, int status, TimeSpan duration) => new()
    {
        Time = time,
        Id = context.TraceIdentifier,
        Client = context.Connection.RemoteIpAddress,
        User = exchange.User,
        Method = context.Request.Method,
        Path = context.Request.Path.Value ?? "",
        Status = status,
        Received = exchange.Received,
        Sent = exchange.Sent,
        Duration = duration,
        UserAgent = context.Request.Headers.UserAgent.ToString(),
    };
}
