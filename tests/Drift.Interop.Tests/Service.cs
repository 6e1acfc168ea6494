// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace Drift.Interop.Tests;

/// <summary>What a client sees of the site, whoever runs it.</summary>
internal static class Service
{
    /// <summary>Waits until the site answers on a port of 127.0.0.1, and checks the page and <c>/health</c>.</summary>
    public static async Task AssertAnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Assert.Equal("OK", await client.GetStringAsync("health", cancellationToken));
                Assert.Contains("<h1>Drift</h1>", await client.GetStringAsync("", cancellationToken), StringComparison.Ordinal);
                return;
            }
            catch (HttpRequestException) when (watch.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
