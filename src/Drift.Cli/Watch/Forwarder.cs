// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Drift.Cli;

/// <summary>
/// Passes a request of HTTP/1.1 on to a service, and its answer back, as streams; WebSockets too. Two things are changed: what a browser
/// loads as a page has a script put behind it, and nothing is kept by the browser without asking again.
/// </summary>
internal sealed class Forwarder : IDisposable
{
    // Of one connection alone (RFC 9110, 7.6.1); Upgrade is passed on. Expect was answered when the body is read.
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Expect", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    // With these, a page would come compressed, in part, or not at all.
    private static readonly HashSet<string> DroppedForPage = new(StringComparer.OrdinalIgnoreCase) { "Accept-Encoding", "If-Modified-Since", "If-None-Match", "If-Range", "Range" };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null,
    });

    /// <summary>Forwards a request; false when the service cannot be reached, and nothing was answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="target">The service.</param>
    /// <param name="tag">What is put behind a page.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="HttpRequestException">The service broke off its answer; <see cref="IOException"/> likewise.</exception>
    public async Task<bool> TryForwardAsync(HttpContext context, Uri target, byte[] tag, CancellationToken cancellationToken)
    {
        var isPage = HttpMethods.IsGet(context.Request.Method) && (string?)context.Request.Headers["Sec-Fetch-Dest"] is "document" or "iframe" or "frame";
        using var request = RequestOf(context, target, isPage);
        HttpResponseMessage answer;
        try
        {
            answer = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return false;
        }
        using (answer)
        {
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var header in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            {
                if (!Dropped.Contains(header.Key)) context.Response.Headers[header.Key] = new StringValues([.. header.Value]);
            }
            if (answer.StatusCode == HttpStatusCode.SwitchingProtocols) await ConnectAsync(context, answer, cancellationToken).ConfigureAwait(false);
            else await AnswerAsync(context, answer, isPage && IsPlainPage(answer) ? tag : [], cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage RequestOf(HttpContext context, Uri target, bool isPage)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // The path as it came: a service may tell %2F from a slash.
        var url = new Uri(target.GetLeftPart(UriPartial.Authority) + (raw.StartsWith('/') ? raw : context.Request.GetEncodedPathAndQuery()), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true) request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, value) in context.Request.Headers)
        {
            if (Dropped.Contains(name) || (isPage && DroppedForPage.Contains(name))) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        }
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", (string?)context.Request.Headers.Upgrade);
        }
        return request;
    }

    // A page in UTF-16 would take the tag for other characters.
    private static bool IsPlainPage(HttpResponseMessage answer) =>
        answer.Content.Headers is { ContentType: { MediaType: "text/html" } type, ContentEncoding.Count: 0 }
        && type.CharSet?.Contains("16", StringComparison.Ordinal) != true
        && answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified or HttpStatusCode.PartialContent);

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, byte[] tag, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.Headers.CacheControl = tag.Length > 0 ? "no-store" : "no-cache";
        if (tag.Length > 0 && response.ContentLength is { } length) response.ContentLength = length + tag.Length;
        var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            await response.StartAsync(cancellationToken).ConfigureAwait(false);
            var buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                await response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                // A stream of events is told as it comes.
                await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        if (tag.Length > 0) await response.Body.WriteAsync(tag, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ConnectAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        context.Response.Headers.Upgrade = string.Join(", ", answer.Headers.Upgrade);
        var client = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
        await using var _ = client.ConfigureAwait(false);
        var service = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = service.ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(client.CopyToAsync(service, end.Token), service.CopyToAsync(client, end.Token)).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }
}
