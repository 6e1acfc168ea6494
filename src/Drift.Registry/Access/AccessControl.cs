// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// Finds out on whose behalf a request comes, and refuses what that one may not do. Clients are asked for HTTP Basic authentication. Where
/// somebody may do something without a log-in, they are sent to this registry's own token endpoint: the Docker Engine does not pull at all
/// when it is asked for a password and has none, but it does take a token.
/// </summary>
internal sealed class AccessControl
{
    private const string BearerScheme = "Bearer ";
    private readonly IReadOnlyList<AccessRule> _rules;
    private readonly PasswordCheck _passwords;
    private readonly Principal _anonymous;

    /// <exception cref="Drift.Oci.DriftException">The file of passwords cannot be used.</exception>
    public AccessControl(RegistryAccess access, RegistryOptions options)
    {
        BcryptHash.EnsureSupported();
        _rules = access.Rules;
        _anonymous = new Principal(null, _rules);
        var users = new ChangingFile<IReadOnlyDictionary<string, BcryptHash>>([access.PasswordFile], () => HtpasswdFile.Read(access.PasswordFile), options);
        _passwords = new PasswordCheck(users, options.TimeProvider);
        Tokens = new AccessTokens(users, options.TimeProvider);
    }

    /// <summary>The tokens that stand for log-ins.</summary>
    public AccessTokens Tokens { get; }

    /// <summary>On whose behalf a request comes.</summary>
    /// <exception cref="RefusedRequestException">What it says of itself is wrong, or cannot be checked now.</exception>
    public async Task<Principal> IdentifyAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
            return Tokens.TryRead(header[BearerScheme.Length..], out var user) ? Principal(user) : throw Unauthorized("the token is not valid, or no longer");
        if (!BasicCredential.TryRead(header, out var credential)) throw Unauthorized("Authorization holds neither a name with a password nor a token");
        if (credential is null) return _anonymous;
        return await _passwords.IsKnownAsync(credential, ClientAddress.Of(context)).ConfigureAwait(false) ? Principal(credential.User) : throw Unauthorized("the name or the password is wrong");
    }

    /// <summary>Lets a request pass, or refuses it.</summary>
    /// <exception cref="RefusedRequestException">The principal may not do this: 401 when logging in could help, else 403.</exception>
    public static void Authorize(Principal principal, RequestTarget target, string method)
    {
        if (principal.IsUnrestricted) return;
        var isAllowed = target.Kind switch
        {
            // Docker and others log in for everything else only where the ping asks for it; a token, though nobody's, is good enough.
            EndpointKind.Ping => principal.User is not null || principal.HasToken,
            EndpointKind.Token or EndpointKind.Health or EndpointKind.PageFile => true,
            EndpointKind.Metrics or EndpointKind.LogIn => principal.User is not null,
            EndpointKind.Catalog or EndpointKind.HomePage => principal.HasRules,
            _ => principal.May(ActionOf(target.Kind, method), target.Name),
        };
        if (isAllowed) return;
        throw principal.User is null ? Unauthorized(target.Name) : new RefusedRequestException(DistributionError.Denied, target.Name);
    }

    /// <summary>The <c>WWW-Authenticate</c> of a 401 (RFC 7617, RFC 6750).</summary>
    public string ChallengeOf(HttpContext context)
    {
        var request = context.Request;
        // A browser knows no tokens.
        if (!_anonymous.HasRules || RequestTarget.Parse(request.Path.Value) is { IsPage: true }) return "Basic realm=\"Registry\", charset=\"UTF-8\"";
        // A proxy that speaks TLS says so; who lies to it is led astray alone.
        var scheme = request.Headers["X-Forwarded-Proto"] == "https" ? "https" : request.Scheme;
        var scope = RequestTarget.Parse(request.Path.Value) is { Name.Length: > 0, HasValidName: true } target ? $",scope=\"repository:{target.Name}:{(request.Method is "GET" or "HEAD" ? "pull" : "pull,push,delete")}\"" : "";
        return $"Bearer realm=\"{scheme}://{request.Host.ToUriComponent()}/v2/token\",service=\"registry\"{scope}";
    }

    private static RepositoryActions ActionOf(EndpointKind kind, string method) => (kind, method) switch
    {
        (EndpointKind.Uploads or EndpointKind.Upload, _) => RepositoryActions.Push,
        (_, "GET" or "HEAD") => RepositoryActions.Pull,
        (_, "DELETE") => RepositoryActions.Delete,
        _ => RepositoryActions.Push,
    };

    private Principal Principal(string? user) => new(user, _rules) { HasToken = user is null };

    private static RefusedRequestException Unauthorized(string detail) => new(DistributionError.Unauthorized, detail);
}
