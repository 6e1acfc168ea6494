// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Gets tokens, by GET (distribution's token specification) or by POST (its OAuth2 variant): an identity token by POST, a name and a
/// password by GET, and each by the other way where the server does not know the first.
/// </summary>
internal sealed class TokenServer(RegistryConnection registry)
{
    private const int MaximumBody = 1024 * 1024;
    private const string Client = "drift";

    public async Task<RegistryToken> FetchAsync(BearerChallenge challenge, string scope, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        var byPost = credential?.IdentityToken is not null;
        var response = await SendAsync(byPost, challenge, scope, credential, cancellationToken).ConfigureAwait(false);
        if (credential is not null && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
        {
            response.Dispose();
            response = await SendAsync(!byPost, challenge, scope, credential, cancellationToken).ConfigureAwait(false);
        }
        using (response)
        {
            var body = await ReadAsync(response, challenge, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return RegistryToken.Read(body, TimeProvider.System.GetUtcNow())
                    ?? throw new DriftException(ErrorCode.RegistryError, $"{challenge.Realm.Authority} answers without a token for {registry.Host}.", "Tell those who run the registry.");
            }
            throw Refused(response.StatusCode, body, challenge, scope, credential);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(bool byPost, BearerChallenge challenge, string scope, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        using var request = byPost ? Post(challenge, scope, credential!) : Get(challenge, scope, credential);
        return await registry.SendElsewhereAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private static HttpRequestMessage Get(BearerChallenge challenge, string scope, RegistryCredential? credential)
    {
        var builder = new UriBuilder(challenge.Realm);
        var query = new StringBuilder(builder.Query.TrimStart('?'));
        Add("service", challenge.Service);
        foreach (var one in scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Add("scope", one);
        if (credential is not null) Add("account", credential.Username);
        builder.Query = query.ToString();
        var request = new HttpRequestMessage(HttpMethod.Get, builder.Uri);
        if (credential is not null)
        {
            var (name, secret) = credential.IdentityToken is { } token ? (RegistryCredential.TokenName, token) : (credential.Username, credential.Password);
            request.Headers.Authorization = Basic(name, secret);
        }
        return request;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    private static HttpRequestMessage Post(BearerChallenge challenge, string scope, RegistryCredential credential)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["client_id"] = Client, ["scope"] = scope };
        if (challenge.Service is not null) form["service"] = challenge.Service;
        if (credential.IdentityToken is { } token)
        {
            form["grant_type"] = "refresh_token";
            form["refresh_token"] = token;
        }
        else
        {
            form["grant_type"] = "password";
            form["username"] = credential.Username;
            form["password"] = credential.Password;
        }
        return new HttpRequestMessage(HttpMethod.Post, challenge.Realm) { Content = new FormUrlEncodedContent(form) };
    }

    public static AuthenticationHeaderValue Basic(string name, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, BearerChallenge challenge, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(registry.Patience);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumBody, patience.Token).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw RegistryAnswer.Unreachable(challenge.Realm, e);
        }
    }

    private RegistryException Refused(HttpStatusCode status, byte[] body, BearerChallenge challenge, string scope, RegistryCredential? credential)
    {
        var errors = RegistryError.Read(body);
        var said = errors is [{ } first, ..] ? $": {$"{first.Code} {first.Message}".Trim()}" : "";
        var isRefusal = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest;
        var who = credential is null ? "without credentials" : $"as {credential}";
        return new RegistryException(isRefusal ? ErrorCode.AccessDenied : ErrorCode.RegistryError,
            RegistryAnswer.Printable($"{challenge.Realm.Authority} gives no token for {(scope.Length == 0 ? registry.Host : scope)} {who}: it answers {(int)status}{said}"),
            credential is null ? $"Log in with drift login {registry.Host}." : registry.Profile.LoginHint ?? $"Check the credential, or log in again with drift login {registry.Host}.",
            HttpMethod.Get, new UriBuilder(challenge.Realm) { Query = "" }.Uri, status, errors)
        { IsTransient = RetryDelay.IsTransient(status) };
    }
}
