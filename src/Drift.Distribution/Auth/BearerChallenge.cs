// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>Where a registry says that its tokens come from: <c>WWW-Authenticate: Bearer realm="…",service="…",scope="…"</c>.</summary>
/// <param name="Realm">The token server's address.</param>
/// <param name="Service">The registry's name there; null when it has none.</param>
/// <param name="Scope">What the token has to allow, as far as the registry says.</param>
/// <param name="Error">Why a token was refused, for example <c>insufficient_scope</c>.</param>
internal sealed record BearerChallenge(Uri Realm, string? Service, string? Scope, string? Error)
{
    /// <summary>Reads the part after <c>Bearer</c>; null when it names no realm.</summary>
    public static BearerChallenge? Parse(string? parameters)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var rest = (parameters ?? "").AsSpan().Trim();
        while (!rest.IsEmpty)
        {
            var equals = rest.IndexOf('=');
            if (equals <= 0) break;
            var name = rest[..equals].Trim().Trim(',').Trim().ToString();
            rest = rest[(equals + 1)..].TrimStart();
            var isQuoted = !rest.IsEmpty && rest[0] == '"';
            if (isQuoted) rest = rest[1..];
            // A quoted value may hold commas, as a scope of two actions does.
            var end = isQuoted ? rest.IndexOf('"') : rest.IndexOf(',');
            if (end < 0) end = rest.Length;
            values.TryAdd(name, rest[..end].Trim().ToString());
            rest = rest[Math.Min(end + 1, rest.Length)..].TrimStart().TrimStart(',').TrimStart();
        }
        return values.TryGetValue("realm", out var realm) && Uri.TryCreate(realm, UriKind.Absolute, out var uri)
            ? new BearerChallenge(uri, values.GetValueOrDefault("service"), values.GetValueOrDefault("scope"), values.GetValueOrDefault("error"))
            : null;
    }
}
