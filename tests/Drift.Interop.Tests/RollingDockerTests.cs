// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Containers are replaced one after the other behind a load balancer, and no client notices.</summary>
[Collection(RollingDefinition.Name)]
public sealed class RollingDockerTests(PublishedSite site) : IAsyncLifetime
{
    private const int Requests = 100_000;
    private const int Rounds = 3;
    private DockerEngine _docker = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _docker = await DockerEngine.StartAsync(Cancelled);

    public ValueTask DisposeAsync() => _docker is null ? ValueTask.CompletedTask : _docker.DisposeAsync();

    [Fact]
    public async Task No_request_is_lost()
    {
        IPEndPoint[] servers = [new(IPAddress.Loopback, FreePort.Find()), new(IPAddress.Loopback, FreePort.Find())];
        foreach (var server in servers) await StartAsync(server);
        await using var balancer = new LoadBalancer(servers);
        foreach (var server in servers) await balancer.WaitForAsync(server, Cancelled);
        await using var load = new Load(balancer.Choose, await Service.PageAsync(servers[0], Cancelled));

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                await DockerAsync("stop", Name(server));
                // Killed by SIGKILL it would be 137: the engine's 10 seconds are enough.
                Assert.Equal("0", await DockerAsync("inspect", "--format", "{{.State.ExitCode}}", Name(server)));
                await DockerAsync("rm", Name(server));
                await StartAsync(server);
                await balancer.WaitForAsync(server, Cancelled);
            }
        }
        Assert.Empty(await load.StopAsync(Requests, Cancelled));
        // Each client was told by each server that ended, and came back to it.
        Assert.True(load.Closes >= Rounds * servers.Length, $"{load.Closes} connections were given up for {Rounds} rounds");
        TestContext.Current.SendDiagnosticMessage($"{load.Answers} answers, {load.Closes} connections given up");
    }

    private Task<string> StartAsync(IPEndPoint server) =>
        DockerAsync("run", "--detach", "--name", Name(server), "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--publish", $"{server}:8080", site.Reference);

    private async Task<string> DockerAsync(params string[] arguments) => (await _docker.RunAsync(arguments, Cancelled)).EnsureSuccess().Output.Trim();

    private static string Name(IPEndPoint server) => $"drift-test-{server.Port}";
}
