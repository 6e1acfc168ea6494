// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>Clients of an application, while it is deployed: some on the machine, at its loopback address, some outside.</summary>
public sealed class MachineLoad : IAsyncDisposable
{
    private const int Clients = 2;
    // Two processors are few: what is tested is the switch, not the server.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);
    private readonly Load[] _loads;

    public MachineLoad(TestMachine machine, int port, byte[][] pages)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var (loopback, address) = (new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(machine.Address, port));
        _loads = [new Load(() => loopback, pages, Clients, Pause, machine.Inside.Open), new Load(() => address, pages, Clients, Pause, null)];
    }

    /// <summary>How many requests had their answer.</summary>
    public long Answers => _loads.Sum(load => load.Answers);

    /// <summary>Stops it; no request may be without its answer.</summary>
    public async Task AssertNothingLostAsync()
    {
        foreach (var load in _loads) Assert.Empty(await load.StopAsync(load.Answers + 10, TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var load in _loads) await load.DisposeAsync();
    }
}
