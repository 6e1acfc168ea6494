// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Drift.Cli;

/// <summary>Tells browsers which build runs, as a stream of server-sent events (HTML Standard, 9.2), and gives them the script that listens.</summary>
internal sealed class ReloadEvents
{
    /// <summary>Where the proxy answers by itself.</summary>
    public const string Prefix = "/.drift/";

    private const string EventsPath = Prefix + "events", ScriptPath = Prefix + "reload.js";

    // A page knows its own build: one that was replaced between the page and this script is noticed, too.
    private const string Script = $$"""
        const build = new URL(document.currentScript.src).search.slice(1);
        new EventSource("{{EventsPath}}").onmessage = event => { if (event.data !== build) location.reload(); };

        """;

    // Another number after each start of the tool, so that pages of an earlier one are loaded again.
    private long _build = Stopwatch.GetTimestamp();
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is put behind a page; to be asked for before the page is.</summary>
    public byte[] Tag => Encoding.ASCII.GetBytes($"<script src=\"{ScriptPath}?{Build}\"></script>\n");

    private string Build => Interlocked.Read(ref _build).ToString(CultureInfo.InvariantCulture);

    /// <summary>Has every page loaded again.</summary>
    public void Reload()
    {
        Interlocked.Increment(ref _build);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Answers what is asked below <see cref="Prefix"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends streams.</param>
    public async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (context.Request.Path.Value == ScriptPath)
        {
            response.ContentType = "text/javascript; charset=utf-8";
            await response.WriteAsync(Script, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (context.Request.Path.Value != EventsPath)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        response.ContentType = "text/event-stream";
        await response.WriteAsync("retry: 500\n", cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var next = _next;
            await response.WriteAsync($"data: {Build}\n\n", cancellationToken).ConfigureAwait(false);
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            await next.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
