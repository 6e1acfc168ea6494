// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Distribution;

/// <summary>A token, and when to have another one.</summary>
/// <param name="Value">What goes after <c>Bearer</c>.</param>
/// <param name="Fetched">When it came.</param>
/// <param name="RenewAt">Before it runs out, so that no upload begins with one that will.</param>
internal sealed record RegistryToken(string Value, DateTimeOffset Fetched, DateTimeOffset RenewAt)
{
    // What a server that tells no lifetime means (distribution's token specification).
    private const double StandardLifetime = 60;
    private const double RenewAfter = 0.8;
    private const double LongestLifetime = 24 * 3600;

    /// <summary>Whether a text can be a token, which becomes part of a header.</summary>
    public static bool IsValid(string value) => !value.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Reads a token server's answer; null when there is none in it.</summary>
    public static RegistryToken? Read(ReadOnlyMemory<byte> json, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var value = Text("token") ?? Text("access_token");
            if (string.IsNullOrEmpty(value) || !IsValid(value)) return null;
            var lifetime = document.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.ValueKind == JsonValueKind.Number && seconds.GetDouble() is > 0 and var given
                ? Math.Min(given, LongestLifetime)
                : StandardLifetime;
            return new RegistryToken(value, now, now.AddSeconds(lifetime * RenewAfter));

            string? Text(string name) => document.RootElement.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is for text that is no Unicode.
            return null;
        }
    }
}
