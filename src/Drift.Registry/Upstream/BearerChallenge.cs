// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;

namespace Drift.Registry;

/// <summary>Where a registry has tokens given out, as its <c>WWW-Authenticate: Bearer</c> says.</summary>
internal sealed record BearerChallenge(Uri Realm, string? Service)
{
    /// <summary>Finds the challenge among those of a 401; null when there is none that can be followed.</summary>
    public static BearerChallenge? Find(HttpHeaderValueCollection<AuthenticationHeaderValue> challenges)
    {
        var bearer = challenges.FirstOrDefault(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
        var parameters = Parse(bearer?.Parameter ?? "");
        return parameters.TryGetValue("realm", out var realm) && Uri.TryCreate(realm, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
            ? new BearerChallenge(address, parameters.GetValueOrDefault("service"))
            : null;
    }

    /// <summary>Where a token to read a repository is asked for.</summary>
    public Uri TokenAddress(string repository)
    {
        var query = $"scope={Uri.EscapeDataString($"repository:{repository}:pull")}";
        if (Service is not null) query = $"service={Uri.EscapeDataString(Service)}&{query}";
        return new UriBuilder(Realm) { Query = Realm.Query.Length > 1 ? $"{Realm.Query[1..]}&{query}" : query }.Uri;
    }

    // name=token or name="text with \" in it", with commas between (RFC 9110 §11.2).
    private static Dictionary<string, string> Parse(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var position = 0; position < text.Length;)
        {
            var equals = text.IndexOf('=', position);
            if (equals < 0) break;
            var name = text[position..equals].Trim(' ', ',', '\t');
            var value = new System.Text.StringBuilder();
            position = equals + 1;
            var isQuoted = position < text.Length && text[position] == '"';
            if (isQuoted) position++;
            for (; position < text.Length && text[position] != (isQuoted ? '"' : ','); position++)
            {
                if (isQuoted && text[position] == '\\' && position + 1 < text.Length) position++;
                value.Append(text[position]);
            }
            position++;
            parameters[name] = isQuoted ? value.ToString() : value.ToString().Trim();
        }
        return parameters;
    }
}
