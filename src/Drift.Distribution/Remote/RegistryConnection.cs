// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// HTTP to one registry host: plain HTTP for this machine only, HTTPS for every other. Redirects are followed by hand, answers that are
/// errors become exceptions, and no cookies are kept.
/// </summary>
internal sealed class RegistryConnection
{
    private const int MaximumErrorBody = 64 * 1024;
    private const int MaximumRedirects = 5;
    // A registry that takes no byte for so long reads no more.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(60);
    // A proxy that the environment names is for the hosts outside; it could not reach this machine's ports.
    private static readonly HttpClient ThisMachine = CreateClient(useProxy: false), Others = CreateClient(useProxy: true);
    private readonly HttpClient _client;

    public RegistryConnection(string host)
    {
        Host = host;
        // Docker Hub's API lives on a host of its own.
        var authority = host == "docker.io" ? "registry-1.docker.io" : host;
        var isThisMachine = IsThisMachine(authority);
        Address = new Uri($"{(isThisMachine ? "http" : "https")}://{authority}/");
        _client = isThisMachine ? ThisMachine : Others;
    }

    public string Host { get; }

    public Uri Address { get; }

    /// <summary>
    /// Sends a request and returns the answer when its status is one of <paramref name="expected"/>; redirects of GET and HEAD are followed.
    /// The answer's body is still on the wire; the caller disposes it.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpStatusCode[] expected, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        for (var redirects = 0; ; redirects++)
        {
            HttpResponseMessage response;
            try
            {
                response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw Unreachable(request.RequestUri!, e);
            }
            if (expected.Contains(response.StatusCode)) return response;
            using (response)
            {
                if (IsRedirect(response.StatusCode) && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head))
                {
                    request = Redirected(request, response.Headers.Location, redirects);
                    continue;
                }
                throw await ErrorAsync(request.Method, uri, response, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The error for a connection that could not be made or broke.</summary>
    public static DriftException Unreachable(Uri address, Exception e)
    {
        var cause = e.GetBaseException();
        var refused = cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
        return new DriftException(ErrorCode.RegistryUnreachable,
            refused ? $"Nothing listens at {address.Authority}." : $"The registry {address.Authority} cannot be reached: {cause.Message}",
            refused && address.IsLoopback ? "Start the registry, for example with drift registry serve, or check the port." : "Check the host name and the network, then try again.", e)
        { IsTransient = true };
    }

    /// <summary>The registry's answer as an exception, with the registry's own words.</summary>
    public async Task<DriftException> ErrorAsync(HttpMethod method, Uri uri, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var errors = RegistryError.Read(await ReadStartAsync(response, cancellationToken).ConfigureAwait(false));
        var shown = new UriBuilder(uri) { Query = "" }.Uri;
        var said = errors is [{ } first, ..] ? $": {$"{first.Code} {first.Message}".Trim()}" : "";
        var (code, message, hint) = response.StatusCode switch
        {
            HttpStatusCode.NotFound => (ErrorCode.NotFound, $"{Host} does not have {shown.AbsolutePath}{said}", "Check the repository's name and the tag."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (ErrorCode.AccessDenied, $"{Host} refuses {method} {shown.AbsolutePath}{said}",
                "Use a registry that needs no login; this version sends no credentials."),
            HttpStatusCode.TooManyRequests => (ErrorCode.RegistryError, $"{Host} limits requests and refuses {method} {shown.AbsolutePath}{said}", "Wait and try again."),
            var status => (ErrorCode.RegistryError, $"{Host} answers {(int)status} to {method} {shown.AbsolutePath}{said}", (string?)"Try again later; if it stays, the registry's log tells more."),
        };
        return new RegistryException(code, Printable(message), hint, method, shown, response.StatusCode, errors)
        {
            IsTransient = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError,
        };
    }

    private static async Task<byte[]> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var buffer = new byte[MaximumErrorBody];
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return buffer[..read];
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return [];
        }
    }

    // What a registry says goes to a terminal: no control characters, and not without end.
    private static string Printable(string text) =>
        string.Concat(text.Take(600).Select(c => char.IsControl(c) ? ' ' : c));

    private HttpRequestMessage Redirected(HttpRequestMessage request, Uri? location, int redirects)
    {
        var from = request.RequestUri!;
        if (redirects == MaximumRedirects) throw new DriftException(ErrorCode.RegistryError, $"{Host} redirects more than {MaximumRedirects} times.", "Tell those who run the registry.");
        if (location is null || !Uri.TryCreate(from, location, out var target))
        {
            throw new DriftException(ErrorCode.RegistryError, $"{Host} redirects without saying where (no valid Location header).", "Tell those who run the registry.");
        }
        if (target.Scheme != Uri.UriSchemeHttps && !(target.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp))
        {
            throw new DriftException(ErrorCode.RegistryError, $"{Host} redirects to {target.Scheme}://{target.Host}, which is not secure.", "Tell those who run the registry.");
        }
        var copy = new HttpRequestMessage(request.Method, target);
        foreach (var accept in request.Headers.Accept) copy.Headers.Accept.Add(accept);
        return copy;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool IsThisMachine(string authority) =>
        new Uri($"http://{authority}/") is { } uri && (uri.IsLoopback || uri.Host.EndsWith(".localhost", StringComparison.Ordinal));

    private static HttpClient CreateClient(bool useProxy) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = useProxy,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.None,
        PlaintextStreamFilter = (context, _) => new(new ConnectionStream(context.PlaintextStream, WriteTimeout)),
    })
    {
        // A large blob takes as long as it takes; only connecting, and a write that makes no progress, have a limit.
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "drift/" + typeof(RegistryConnection).Assembly.GetName().Version!.ToString(3) } },
    };
}
