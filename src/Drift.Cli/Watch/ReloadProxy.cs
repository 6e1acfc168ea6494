// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Drift.Cli;

/// <summary>
/// Stands before the running service on 127.0.0.1 while its folder is watched: one port, behind which one build replaces the other, and pages
/// that load again then. The image knows nothing of it.
/// </summary>
internal sealed class ReloadProxy : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly KestrelServer _kestrel;
    private readonly Forwarder _forwarder = new();
    private readonly ReloadEvents _events = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile Uri? _target;

    private ReloadProxy(int port)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = NoServices.Instance };
        // What is too large or too slow is for the service to say.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = options.Limits.MinResponseDataRate = null;
        options.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _kestrel = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    /// <summary>Listens on a port of 127.0.0.1.</summary>
    public static async Task<ReloadProxy> StartAsync(int port, CancellationToken cancellationToken)
    {
        var proxy = new ReloadProxy(port);
        await proxy._kestrel.StartAsync(proxy, cancellationToken).ConfigureAwait(false);
        return proxy;
    }

    /// <summary>Passes requests on to another service from now on, and has pages loaded again; null for none.</summary>
    public void Switch(Uri? target)
    {
        _target = target;
        _events.Reload();
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        try
        {
            if (context.Request.Path.StartsWithSegments(ReloadEvents.Prefix.TrimEnd('/'), StringComparison.Ordinal)) await _events.AnswerAsync(context, end.Token).ConfigureAwait(false);
            else await ForwardAsync(context, end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The client went, the proxy stops, or the service broke off its answer: then so does this one.
            context.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        using (var timeout = new CancellationTokenSource(StopTimeout)) await _kestrel.StopAsync(timeout.Token).ConfigureAwait(false);
        _kestrel.Dispose();
        _forwarder.Dispose();
        _stop.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var tag = _events.Tag;
        for (var target = _target; target is not null;)
        {
            if (await _forwarder.TryForwardAsync(context, target, tag, cancellationToken).ConfigureAwait(false)) return;
            // What met a service on its way out is for the next one, if asking twice does no harm.
            var next = _target;
            if (next == target || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))) break;
            target = next;
        }
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync("<!doctype html>\n<title>Not running</title>\n<p>The service does not run. The terminal says why; this page loads again when it does.\n", cancellationToken).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(tag, cancellationToken).ConfigureAwait(false);
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
