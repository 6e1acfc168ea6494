// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Drift.Distribution;

/// <summary>
/// Answers a registry's challenges. Nothing is sent before the registry asks; afterwards, what it asks for goes along with each request, and
/// tokens are renewed before they run out.
/// </summary>
internal sealed class Authenticator(RegistryConnection registry, ICredentialSource? credentials) : IDisposable
{
    // A token that is refused this soon would be refused again.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private readonly TokenServer _server = new(registry);
    private readonly ConcurrentDictionary<string, RegistryToken> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RegistryCredential?> _credentials = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private BearerChallenge? _bearer;
    private bool _basic;

    /// <summary>Whether the registry has asked.</summary>
    public bool HasAsked => _basic || _bearer is not null;

    /// <summary>What it asked for, in words.</summary>
    public string AskedFor => _bearer is { } bearer ? $"a token of {bearer.Realm.Authority}" : _basic ? "a name and a password" : "nothing";

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>What goes along with a request; null for nothing, as long as the registry has not asked.</summary>
    public async ValueTask<AuthenticationHeaderValue?> HeaderAsync(TokenScope scope, CancellationToken cancellationToken)
    {
        if (_bearer is { } challenge) return new AuthenticationHeaderValue("Bearer", (await TokenAsync(challenge, scope, cancellationToken).ConfigureAwait(false)).Value);
        return _basic && await FindAsync(scope, cancellationToken).ConfigureAwait(false) is { } credential ? TokenServer.Basic(credential.Username, credential.Password) : null;
    }

    /// <summary>Takes in a challenge; true when the request may succeed now.</summary>
    /// <param name="response">The answer 401.</param>
    /// <param name="scope">What the request needs.</param>
    /// <param name="sent">What went along with it.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public async ValueTask<bool> AnswerAsync(HttpResponseMessage response, TokenScope scope, AuthenticationHeaderValue? sent, CancellationToken cancellationToken)
    {
        var challenges = response.Headers.WwwAuthenticate;
        if (challenges.Count == 0 && sent is null)
        {
            // Some registries say how to ask only at their front door.
            var ping = new HttpRequestMessage(HttpMethod.Get, new Uri(registry.Address, "v2/"));
            using (ping)
            using (var door = await registry.SendElsewhereAsync(ping, cancellationToken).ConfigureAwait(false))
            {
                if (door.StatusCode == HttpStatusCode.Unauthorized) challenges = door.Headers.WwwAuthenticate;
            }
        }
        var bearer = challenges.Where(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)).Select(challenge => BearerChallenge.Parse(challenge.Parameter)).FirstOrDefault(challenge => challenge is not null);
        if (bearer is not null)
        {
            _bearer = bearer;
            var key = Key(bearer, scope);
            if (sent?.Scheme != "Bearer" || !_tokens.TryGetValue(key, out var token) || token.Value != sent.Parameter) return true;
            if (bearer.Error != "insufficient_scope" && Now - token.Fetched < Fresh) return false;
            return _tokens.TryRemove(new KeyValuePair<string, RegistryToken>(key, token));
        }
        if (sent is not null || !challenges.Any(challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))) return false;
        _basic = true;
        return await FindAsync(scope, cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>The credential that requests of this scope were sent with; null for none.</summary>
    public RegistryCredential? CredentialFor(TokenScope scope) => _credentials.GetValueOrDefault(scope.Repository?.ToString() ?? "");

    public void Dispose() => _oneAtATime.Dispose();

    private static string Key(BearerChallenge challenge, TokenScope scope) => $"{challenge.Realm} {challenge.Service} {scope.Text}";

    private async Task<RegistryToken> TokenAsync(BearerChallenge challenge, TokenScope scope, CancellationToken cancellationToken)
    {
        var key = Key(challenge, scope);
        if (_tokens.TryGetValue(key, out var token) && Now < token.RenewAt) return token;
        // Many requests at once need one token.
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_tokens.TryGetValue(key, out token) && Now < token.RenewAt) return token;
            // Where the registry asks for more than is computed here, both are asked for.
            var asked = scope.Text.Length == 0 || (challenge.Error == "insufficient_scope" && challenge.Scope is not null && challenge.Scope != scope.Text) ? $"{scope.Text} {challenge.Scope}".Trim() : scope.Text;
            var credential = await FindAsync(scope, cancellationToken).ConfigureAwait(false);
            token = credential?.RegistryToken is { } own
                ? new RegistryToken(own, Now, DateTimeOffset.MaxValue)
                : await _server.FetchAsync(challenge, asked, credential, cancellationToken).ConfigureAwait(false);
            _tokens[key] = token;
            return token;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async ValueTask<RegistryCredential?> FindAsync(TokenScope scope, CancellationToken cancellationToken)
    {
        if (credentials is null) return null;
        var key = scope.Repository?.ToString() ?? "";
        if (!_credentials.TryGetValue(key, out var credential))
        {
            credential = await credentials.FindAsync(registry.Host, scope.Repository, cancellationToken).ConfigureAwait(false);
            _credentials[key] = credential;
        }
        return credential;
    }
}
