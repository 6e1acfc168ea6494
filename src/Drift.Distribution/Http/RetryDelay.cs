// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Distribution;

/// <summary>When to try again: longer and longer, at random so that many clients do not come at once, or when the registry says.</summary>
internal static class RetryDelay
{
    /// <summary>How often something is tried again.</summary>
    public const int MaximumRepetitions = 5;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(2);

    public static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>The pause before repetition <paramref name="number"/>, from 1; null when the registry asks for more patience than anyone has.</summary>
    public static TimeSpan? Before(int number, TimeSpan first, HttpResponseMessage? response = null)
    {
        if (response?.Headers.RetryAfter is { } asked)
        {
            var pause = asked.Delta ?? asked.Date - TimeProvider.System.GetUtcNow() ?? TimeSpan.Zero;
            return pause > LongestAsked ? null : pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
        }
        var longest = Math.Min(first.TotalMilliseconds * Math.Pow(2, number - 1), Longest.TotalMilliseconds);
#pragma warning disable CA5394 // Spreading clients over time is no secret.
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }
}
