// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Asks again and again, until something has ended or the time is over.</summary>
internal static class Polling
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer is the end, and returns what comes with it.</summary>
    /// <exception cref="DriftException">It takes longer than the settings allow.</exception>
    public static async Task<T?> UntilAsync<T>(string what, CopySettings settings, Func<Task<(bool IsEnd, T? Result)>> askAsync, CancellationToken cancellationToken)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (isEnd, result) = await askAsync().ConfigureAwait(false);
            if (isEnd) return result;
            if (TimeProvider.System.GetElapsedTime(started) > settings.Timeout)
            {
                throw new DriftException(ErrorCode.CloudUnreachable, string.Create(CultureInfo.InvariantCulture, $"{what} is not done within {settings.Timeout.TotalMinutes:0} minutes."), "Run it again: it goes on waiting. --timeout sets how long.") { IsTransient = true };
            }
            await Task.Delay(settings.Poll < Shortest ? Shortest : settings.Poll, cancellationToken).ConfigureAwait(false);
        }
    }
}
