// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Asks a service on this machine whether it is well.</summary>
public static class HealthProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 16 * 1024 * 1024 };

    /// <summary>Waits until <c>/health</c> answers 200, as long as the program runs.</summary>
    /// <exception cref="DriftException">The program ended, or did not answer in time.</exception>
    public static async Task WaitAsync(RunningImage running, Uri address, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(running);
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            if (running.Exited.IsCompleted)
            {
                throw new DriftException(ErrorCode.NotHealthy, $"The program ended with exit code {await running.Exited.ConfigureAwait(false)} before it answered.", "Look at what it printed above.");
            }
            string state;
            try
            {
                var (status, _, _) = await FetchAsync(new Uri(address, "/health"), cancellationToken).ConfigureAwait(false);
                if (status == HttpStatusCode.OK) return;
                state = $"answers {(int)status}";
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                state = "does not answer";
            }
            if (Environment.TickCount64 > deadline)
            {
                throw new DriftException(ErrorCode.NotHealthy, $"{address}health {state} after {timeout.TotalSeconds:0} s.", "Answer /health with 200 as soon as the service is ready.");
            }
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One GET: the status, the media type and the body of at most 16 MiB.</summary>
    public static async Task<(HttpStatusCode Status, string? MediaType, byte[] Body)> FetchAsync(Uri address, CancellationToken cancellationToken = default)
    {
        using var response = await Client.GetAsync(address, cancellationToken).ConfigureAwait(false);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }
}
