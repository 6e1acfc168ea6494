// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Which ports of a machine an application gets: the one in front, and two private ones behind it.</summary>
internal sealed class PortPlan(SshHost host, SwitchSession session)
{
    private const int StandardFront = 80;
    private const int FirstPrivate = 8081;

    /// <summary>The notes of an application that is new here.</summary>
    /// <exception cref="DriftException">The front port is taken, or nothing is free behind it.</exception>
    public async Task<VmState> ChooseAsync(VmSnapshot snapshot, int? wanted, VmMode mode, CancellationToken cancellationToken)
    {
        var front = wanted ?? StandardFront;
        await CheckAsync(snapshot, front, cancellationToken).ConfigureAwait(false);
        var taken = snapshot.Others.SelectMany(other => new[] { other.Front, other.Blue, other.Green }).Append(front).ToHashSet();
        for (var port = FirstPrivate; port < ushort.MaxValue; port += 2)
        {
            if (taken.Contains(port) || taken.Contains(port + 1) || await IsListeningAsync(port, cancellationToken).ConfigureAwait(false) || await IsListeningAsync(port + 1, cancellationToken).ConfigureAwait(false)) continue;
            return new VmState { Front = front, Blue = port, Green = port + 1, Mode = mode };
        }
        throw new DriftException(ErrorCode.PortUnavailable, $"{host} has no two free ports side by side.");
    }

    /// <summary>Makes sure that nobody else answers at a port.</summary>
    /// <exception cref="DriftException">Someone does.</exception>
    public async Task CheckAsync(VmSnapshot snapshot, int front, CancellationToken cancellationToken)
    {
        if (snapshot.Others.Any(other => other.Front == front)) throw new DriftException(ErrorCode.PortUnavailable, $"Port {front} of {host} belongs to another application that Drift has deployed.", "Choose another one with --port.");
        if (await IsListeningAsync(front, cancellationToken).ConfigureAwait(false)) throw new DriftException(ErrorCode.PortUnavailable, $"Another program listens at port {front} of {host}.", "Stop it, or choose another port with --port.");
    }

    private async Task<bool> IsListeningAsync(int port, CancellationToken cancellationToken) =>
        await session.SendAsync(string.Create(CultureInfo.InvariantCulture, $"listening {port}"), cancellationToken).ConfigureAwait(false) is not ["0"];
}
