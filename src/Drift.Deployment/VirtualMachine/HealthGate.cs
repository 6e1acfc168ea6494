// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Decides whether a container may answer, and whether it may go on doing so.</summary>
internal sealed class HealthGate(AppContainers containers, HttpProbe probe, string app)
{
    /// <summary>How often in a row a container must be well.</summary>
    private const int Enough = 3;
    /// <summary>How often in a row one that answers may be unwell before it is taken away.</summary>
    private const int TooMuch = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until a container is well, as long as it runs.</summary>
    /// <exception cref="DriftException">It ended, or is not well in time; the message has the last lines that it printed.</exception>
    public async Task PassAsync(Colour colour, int port, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var well = 0;
        while (true)
        {
            var state = await containers.FindAsync(colour, cancellationToken).ConfigureAwait(false);
            if (state is not { IsUp: true }) throw await FailedAsync(colour, $"The new version of {app} {state?.ToString() ?? "vanished"} before it was healthy.", cancellationToken).ConfigureAwait(false);
            var problem = await probe.AskAsync(port, cancellationToken).ConfigureAwait(false);
            well = problem is null ? well + 1 : 0;
            if (well == Enough) return;
            if (TimeProvider.System.GetElapsedTime(started) > timeout && problem is not null)
            {
                throw await FailedAsync(colour, string.Create(CultureInfo.InvariantCulture, $"The new version of {app} {problem} at port {port} after {timeout.TotalSeconds:0} s."), cancellationToken).ConfigureAwait(false);
            }
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Watches a container that answers at the front port.</summary>
    /// <exception cref="DriftException">It is not well any more.</exception>
    public async Task WatchAsync(Colour colour, int front, TimeSpan time, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var unwell = 0;
        do
        {
            var problem = await probe.AskAsync(front, cancellationToken).ConfigureAwait(false);
            var state = await containers.FindAsync(colour, cancellationToken).ConfigureAwait(false);
            if (state is not { IsUp: true }) throw await FailedAsync(colour, $"The new version of {app} {state?.ToString() ?? "vanished"} after the switch.", cancellationToken).ConfigureAwait(false);
            unwell = problem is null ? 0 : unwell + 1;
            if (unwell == TooMuch) throw await FailedAsync(colour, $"The new version of {app} {problem} at port {front} after the switch.", cancellationToken).ConfigureAwait(false);
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        }
        while (TimeProvider.System.GetElapsedTime(started) < time || unwell > 0);
    }

    private async Task<DriftException> FailedAsync(Colour colour, string what, CancellationToken cancellationToken) => new(ErrorCode.NotHealthy,
        $"{what} {await containers.LastLinesAsync(colour, cancellationToken).ConfigureAwait(false)}", "Let the service listen at $PORT and answer its health path with 200 when it is ready; --timeout and --health-path change what is waited for.");
}
