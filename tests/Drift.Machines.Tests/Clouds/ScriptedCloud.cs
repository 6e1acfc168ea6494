// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Drift.Machines.Tests;

/// <summary>A server that plays a cloud: one request after the other, with a memory, and with faults.</summary>
internal abstract class ScriptedCloud : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentQueue<string> _requests = [];

    protected ScriptedCloud()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options =>
        {
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MaxRequestBodySize = null;
        });
        _application = builder.Build();
        _application.Run(ServeAsync);
    }

    public string Address => _application.Urls.Single();

    /// <summary>The lines of the requests.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Which fault a request meets: told its line and its number, from 1.</summary>
    public Func<string, int, CloudFault> Fault { get; set; } = static (_, _) => CloudFault.None;

    /// <summary>Kills who asks.</summary>
    public Action Kill { get; set; } = static () => throw new InvalidOperationException("nobody to kill");

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _turn.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task StartAsync() => _application.StartAsync();

    /// <summary>Does what is asked for.</summary>
    protected abstract CloudReply Do(HttpRequest request, byte[] body);

    /// <summary>Who is busy says so.</summary>
    protected abstract CloudReply Busy { get; }

    private async Task ServeAsync(HttpContext context)
    {
        var line = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        using var all = new MemoryStream();
        await context.Request.Body.CopyToAsync(all);
        await _turn.WaitAsync();
        CloudReply? reply;
        try
        {
            _requests.Enqueue(line);
            var fault = Fault(line, _requests.Count);
            reply = fault switch { CloudFault.KilledBefore => null, CloudFault.Busy => Busy, _ => Do(context.Request, all.ToArray()) };
            if (fault is CloudFault.KilledBefore or CloudFault.KilledAfter) Kill();
            if (fault is CloudFault.KilledAfter or CloudFault.LosesAnswer) reply = null;
        }
        finally
        {
            _turn.Release();
        }
        if (reply is null)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers) context.Response.Headers[name] = value;
        context.Response.ContentLength = reply.Body.Length;
        if (reply.Body.Length > 0) await context.Response.Body.WriteAsync(reply.Body);
    }
}
