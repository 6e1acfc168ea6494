// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Deployment;

/// <summary>Lets a version that gets no new connections finish those that it has, and stops it. Its container stays, for a rollback at once.</summary>
internal sealed class VmDrain(SwitchSession session, AppContainers containers)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(VmState state, Colour colour, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < patience)
        {
            var answer = await session.SendAsync(string.Create(CultureInfo.InvariantCulture, $"established {state.PortOf(colour)}"), cancellationToken).ConfigureAwait(false);
            if (answer is ["0"]) break;
            await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
        }
        await containers.StopAsync(colour, cancellationToken).ConfigureAwait(false);
    }
}
