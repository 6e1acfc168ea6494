// SPDX-License-Identifier: Apache-2.0

[assembly: AssemblyFixture(typeof(Drift.Server.Tests.ServersFixture))]

namespace Drift.Server.Tests;

/// <summary>One server of each architecture, shared by the tests that do it no harm, and the site they serve.</summary>
public sealed class ServersFixture : IAsyncLifetime
{
    private readonly Dictionary<string, RunningServer> _servers = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _lock = new(1);

    public TestSite Site { get; } = new();

    public async Task<int> PortAsync(Architecture architecture)
    {
        await _lock.WaitAsync();
        try
        {
            if (!_servers.TryGetValue(architecture.Name, out var server))
            {
                _servers[architecture.Name] = server = await RunningServer.StartAsync(architecture, Site);
            }
            return server.Port;
        }
        finally
        {
            _lock.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values) await server.DisposeAsync();
        await Site.DisposeAsync();
        _lock.Dispose();
    }
}
