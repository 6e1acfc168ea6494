// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// HTTP to one registry: plain HTTP for this machine and for hosts that are named as insecure, HTTPS for every other. Redirects are
/// followed by hand, credentials go to the registry alone, what is transient is tried again, and errors become exceptions.
/// </summary>
internal sealed class RegistryConnection : IDisposable
{
    private const int MaximumRedirects = 5;
    private readonly RegistryClientOptions _options;
    private readonly HttpClients _http;
    private readonly Authenticator _authenticator;
    private readonly NoticeBoard _notices;
    private readonly Lazy<Task<bool>> _isPrivate;

    public RegistryConnection(string host, RegistryClientOptions options, HttpClients http)
    {
        Host = host;
        _options = options;
        _http = http;
        // Docker Hub's API lives on a host of its own.
        var authority = host == "docker.io" ? "registry-1.docker.io" : host;
        IsThisMachine = IsLocal(authority);
        Address = new Uri($"{(IsThisMachine || options.InsecureHosts.Contains(host, StringComparer.Ordinal) ? "http" : "https")}://{authority}/");
        Profile = options.Profile ?? RegistryProfile.Of(host);
        _isPrivate = new Lazy<Task<bool>>(IsPrivateAsync);
        _authenticator = new Authenticator(this, options.Credentials);
        _notices = new NoticeBoard(host, options.Notices);
    }

    /// <summary>The host as references name it.</summary>
    public string Host { get; }

    public Uri Address { get; }

    /// <summary>What is known of registries of this kind.</summary>
    public RegistryProfile Profile { get; }

    public bool IsThisMachine { get; }

    /// <summary>Whether the registry has asked who is there.</summary>
    public bool HasAsked => _authenticator.HasAsked;

    /// <summary>What it asked for, in words.</summary>
    public string AskedFor => _authenticator.AskedFor;

    public TimeSpan Patience => _options.Patience;

    public TimeSpan PatienceAfterBody => _options.PatienceAfterBody;

    /// <summary>
    /// Sends a request, and again while that helps, and returns the answer when its status is expected. The answer's body is still on the
    /// wire; the caller disposes it.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        for (var repetition = 1; ; repetition++)
        {
            HttpResponseMessage? response = null;
            DriftException problem;
            try
            {
                response = await SendAuthorizedAsync(request, cancellationToken).ConfigureAwait(false);
                _notices.Read(response);
                if (request.Expected.Contains(response.StatusCode))
                {
                    if (request.MaximumBody is { } maximum) await RegistryAnswer.BufferAsync(this, request, response, maximum, cancellationToken).ConfigureAwait(false);
                    return response;
                }
                problem = await RegistryAnswer.ErrorAsync(this, request, response, _authenticator.CredentialFor(request.Scope), _notices.RateLimit, cancellationToken).ConfigureAwait(false);
            }
            catch (DriftException e)
            {
                problem = e;
            }
            using (response)
            {
                if (!problem.IsTransient || !request.IsRepeatable || repetition > RetryDelay.MaximumRepetitions) throw problem;
                if (RetryDelay.Before(repetition, _options.FirstPause, response) is not { } pause) throw problem;
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits before repetition <paramref name="number"/> of what only the caller can repeat.</summary>
    public Task PauseAsync(int number, CancellationToken cancellationToken) => Task.Delay(RetryDelay.Before(number, _options.FirstPause) ?? TimeSpan.Zero, cancellationToken);

    /// <summary>Sends one request to the token server of this registry, or to wherever it redirects.</summary>
    public async Task<HttpResponseMessage> SendElsewhereAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        CheckScheme(Address, request.RequestUri!);
        return await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _authenticator.Dispose();

    private async Task<HttpResponseMessage> SendAuthorizedAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        for (var challenges = 0; ; challenges++)
        {
            var authorization = await _authenticator.HeaderAsync(request.Scope, cancellationToken).ConfigureAwait(false);
            var response = await SendRedirectedAsync(request, authorization, cancellationToken).ConfigureAwait(false);
            // A token may have run out meanwhile, so one refusal of a known way is no proof; two are.
            if (response.StatusCode != HttpStatusCode.Unauthorized || challenges == 2 || !IsOwn(request.Uri)) return response;
            if (!await _authenticator.AnswerAsync(response, request.Scope, authorization, cancellationToken).ConfigureAwait(false)) return response;
            response.Dispose();
            if (!request.IsRepeatable) throw new DriftException(ErrorCode.RegistryError, $"The token of {Host} ran out.", "Try again.") { IsTransient = true };
        }
    }

    private async Task<HttpResponseMessage> SendRedirectedAsync(RegistryRequest request, System.Net.Http.Headers.AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = request.Message(IsOwn(request.Uri) ? authorization : null);
            var response = await SendOnceAsync(message, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(request, response.StatusCode)) return response;
            using (response) request = Redirected(request, response, redirects);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var uri = message.RequestUri!;
        var client = IsOwn(uri) ? _http.Registry(IsThisMachine) : _http.Elsewhere(await _isPrivate.Value.ConfigureAwait(false));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A body has a limit of its own while it makes no progress, and one that is still made is its maker's to wait for.
        if (message.Content is BlobContent blob) blob.WhenSent = () => patience.CancelAfter(_options.PatienceAfterBody);
        else if (message.Content is not StreamContent) patience.CancelAfter(message.Content is null ? _options.Patience : _options.PatienceAfterBody);
        try
        {
            return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw RegistryAnswer.Unreachable(uri, e);
        }
    }

    private RegistryRequest Redirected(RegistryRequest request, HttpResponseMessage response, int redirects)
    {
        if (redirects == MaximumRedirects) throw new DriftException(ErrorCode.RegistryError, $"{Host} redirects more than {MaximumRedirects} times.", "Tell those who run the registry.");
        if (response.Headers.Location is not { } location || !Uri.TryCreate(request.Uri, location, out var target))
        {
            throw new DriftException(ErrorCode.RegistryError, $"{Host} redirects without saying where (no valid Location header).", "Tell those who run the registry.");
        }
        CheckScheme(request.Uri, target);
        return request with { Uri = target };
    }

    private void CheckScheme(Uri from, Uri to)
    {
        if (to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp)) return;
        throw new DriftException(ErrorCode.RegistryError, $"{Host} redirects to {to.Scheme}://{to.Host}, which is not secure.", "Tell those who run the registry.");
    }

    private bool IsOwn(Uri uri) => uri.Host == Address.Host && uri.Port == Address.Port && uri.Scheme == Address.Scheme;

    private async Task<bool> IsPrivateAsync()
    {
        try
        {
            return IsThisMachine || Array.Exists(await Dns.GetHostAddressesAsync(Address.IdnHost).ConfigureAwait(false), AddressGuard.IsPrivate);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Behind a proxy, names may not resolve here.
            return false;
        }
    }

    /// <summary>Only 307 and 308 say that a method other than GET and HEAD stays what it is (RFC 9110, section 15.4).</summary>
    private static bool IsRedirect(RegistryRequest request, HttpStatusCode status) => status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect ? request.IsRepeatable
        : status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);

    private static bool IsLocal(string authority) =>
        new Uri($"http://{authority}/") is { } uri && (uri.IsLoopback || uri.Host.EndsWith(".localhost", StringComparison.Ordinal));
}
