// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net;
using System.Text;

namespace Drift.Interop.Tests;

/// <summary>What a client sees of the site, whoever runs it.</summary>
internal static class Service
{
    /// <summary>Waits until the site answers on a port of 127.0.0.1, and checks the page and <c>/health</c>.</summary>
    public static Task AssertAnswersAsync(int port, CancellationToken cancellationToken) => PageAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);

    /// <summary>Waits until the site answers, checks the page and <c>/health</c>, and returns the page.</summary>
    public static async Task<byte[]> PageAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server}/"), Timeout = TimeSpan.FromSeconds(5) };
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Assert.Equal("OK", await client.GetStringAsync("health", cancellationToken));
                var page = await client.GetByteArrayAsync("", cancellationToken);
                Assert.Contains("<h1>Drift</h1>", Encoding.UTF8.GetString(page), StringComparison.Ordinal);
                return page;
            }
            // A port that is not yet led to its pods may take a connection and leave it.
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested && watch.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
