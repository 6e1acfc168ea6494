// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What a registry knows someone by: a name and a password or access token, or a token alone.</summary>
public sealed record RegistryCredential
{
    /// <summary>In the place of a name, it says that an identity token is in the place of the password (docker-credential-helpers).</summary>
    internal const string TokenName = "<token>";

    /// <summary>The user's name; empty with a token.</summary>
    public string Username { get; init; } = "";

    /// <summary>The password, or an access token in its place; empty with a token.</summary>
    public string Password { get; init; } = "";

    /// <summary>A refresh token of OAuth2, which stands for name and password; null where there is none.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>A token that the registry itself takes, without a token server; null where there is none.</summary>
    public string? RegistryToken { get; init; }

    /// <summary>Where it comes from, for messages: a file, a credential helper or an environment variable. It is no secret.</summary>
    public required string Origin { get; init; }

    /// <summary>A name and a secret as files and credential helpers keep them.</summary>
    internal static RegistryCredential Of(string name, string secret, string origin) => name == TokenName
        ? new RegistryCredential { IdentityToken = secret, Origin = origin }
        : new RegistryCredential { Username = name, Password = secret, Origin = origin };

    /// <summary>Name and origin; never the secret.</summary>
    public override string ToString() => Username.Length == 0 ? Origin : $"{Username}, {Origin}";
}
