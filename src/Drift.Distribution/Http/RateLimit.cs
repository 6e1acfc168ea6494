// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Distribution;

/// <summary>How many requests a registry still takes, as its headers <c>RateLimit-Limit: 100;w=21600</c> and <c>RateLimit-Remaining</c> say.</summary>
/// <param name="Remaining">How many are left.</param>
/// <param name="Limit">How many there are in a window.</param>
/// <param name="Window">The window's length.</param>
internal sealed record RateLimit(long Remaining, long Limit, TimeSpan Window)
{
    public bool IsNear => Remaining < Limit / 10;

    public static RateLimit? Read(HttpResponseMessage response) =>
        Value(response, "RateLimit-Limit") is var (limit, window) && Value(response, "RateLimit-Remaining") is var (remaining, _)
            ? new RateLimit(remaining, limit, TimeSpan.FromSeconds(window))
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Remaining} of {Limit} requests are left{(Window > TimeSpan.Zero ? $" in {Window.TotalHours:0.#} h" : "")}");

    private static (long Count, int Window)? Value(HttpResponseMessage response, string name)
    {
        if (!response.Headers.TryGetValues(name, out var values)) return null;
        var parts = string.Join(',', values).Split(';', StringSplitOptions.TrimEntries);
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        var window = Array.Find(parts, part => part.StartsWith("w=", StringComparison.Ordinal));
        return (count, window is not null && int.TryParse(window.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);
    }
}
