// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// Reads from another registry over HTTP: anonymously, with the tokens that it gives to anyone. Redirects are followed, and a token is never
/// sent to another host than the registry's own.
/// </summary>
internal sealed class UpstreamClient(Uri address) : IDisposable
{
    private const int MaximumRedirects = 5;
    private const int MaximumTokenSize = 64 * 1024;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<RepositoryName, (string Value, long Expiry)> _tokens = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request for something of a repository, and returns the answer once its headers are there, whatever its status.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="repository">The repository, of the same name there.</param>
    /// <param name="path">What follows the repository's name, with its query.</param>
    /// <param name="accepted">The media types that are taken.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="HttpRequestException">The registry cannot be reached, or answers what cannot be followed.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, RepositoryName repository, string path, IReadOnlyList<string> accepted, CancellationToken cancellationToken)
    {
        var target = new Uri(address, $"/v2/{repository}/{path}");
        var asked = false;
        for (var redirects = 0; ;)
        {
            var response = await SendOnceAsync(method, target, repository, accepted, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !asked && IsUpstream(target))
            {
                var challenge = BearerChallenge.Find(response.Headers.WwwAuthenticate);
                if (challenge is null) return response;
                response.Dispose();
                asked = true;
                await FetchTokenAsync(challenge, repository, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return response;
            response.Dispose();
            target = Follow(target, location);
            if (++redirects > MaximumRedirects) throw new HttpRequestException($"{address} redirects too often");
        }
    }

    /// <summary>Reads a whole body of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="HttpRequestException">It is larger.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        var body = await response.Content.ReadAsStreamAsync(timeout.Token).ConfigureAwait(false);
        await using var _ = body.ConfigureAwait(false);
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = await body.ReadAsync(buffer, timeout.Token).ConfigureAwait(false)) > 0;)
        {
            if (content.Length + count > limit) throw new HttpRequestException($"an answer has more than {limit} bytes");
            content.Write(buffer, 0, count);
        }
        return content.ToArray();
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri target, RepositoryName repository, IReadOnlyList<string> accepted, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, target);
        foreach (var type in accepted) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        if (IsUpstream(target) && _tokens.TryGetValue(repository, out var token) && Environment.TickCount64 < token.Expiry)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{target.Host} did not answer", e);
        }
    }

    private async Task FetchTokenAsync(BearerChallenge challenge, RepositoryName repository, CancellationToken cancellationToken)
    {
        if (address.Scheme == "https" && challenge.Realm.Scheme != "https") throw new HttpRequestException($"{address} has tokens given out without encryption");
        using var response = await SendOnceAsync(HttpMethod.Get, challenge.TokenAddress(repository.ToString()), default, [], cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        var body = await ReadAsync(response, MaximumTokenSize, cancellationToken).ConfigureAwait(false);
        try
        {
            var token = JsonSerializer.Deserialize(body, RegistryJsonContext.Default.UpstreamToken);
            // A little early, so that none expires on its way.
            var seconds = Math.Clamp(token?.ExpiresIn ?? 60, 10, 3600) * 0.9;
            if ((token?.Token ?? token?.AccessToken) is { Length: > 0 } value) _tokens[repository] = (value, Environment.TickCount64 + (long)(seconds * 1000));
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"{challenge.Realm.Host} gives no token: {e.Message}", e);
        }
    }

    private bool IsUpstream(Uri target) => target.Scheme == address.Scheme && target.Authority == address.Authority;

    private static Uri Follow(Uri from, Uri location)
    {
        var target = new Uri(from, location);
        return target.Scheme == "https" || (target.Scheme == "http" && from.Scheme == "http") ? target
            : throw new HttpRequestException($"{from.Host} redirects to {target.Scheme}, which is not followed");
    }
}
