// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Drift.Recipes;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>How the server starts and what it refuses.</summary>
public sealed class LifeTests(ServersFixture servers)
{
    public static TheoryData<string> Architectures => Architecture.Names;

    // Others than root make namespaces inside one of users.
    private static string[] Namespaces => Environment.IsPrivilegedProcess ? [] : ["--map-root-user"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task A_port_in_use_is_told_and_ends_with_1(string name)
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var run = await RunAsync(Architecture.Of(name), port);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"drift: cannot listen on port {port}: it is in use; set PORT to another\n", run.Error);
    }

    [Fact]
    public async Task A_port_that_is_not_allowed_is_told_and_ends_with_1()
    {
        // In a network namespace of its own low ports are closed to others than root, whatever the machine's setting.
        var setpriv = Need.Program("setpriv");
        var run = await ProcessRun.RunAsync(Need.Program("unshare"),
            [.. Namespaces, "--net", setpriv, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", await servers.Site.PathAsync(Architecture.X64)],
            environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PORT"] = "81" }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((1, "drift: cannot listen on port 81: permission denied; set PORT to 1024 or above\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Without_a_site_it_ends_with_2(string name)
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("server");
        await File.WriteAllBytesAsync(path, PrebuiltServer.Read(Architecture.Of(name).Platform).ToArray(), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] command = [.. Architecture.Of(name).Runner, path];
        var run = await ProcessRun.RunAsync(command[0], command.Skip(1), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((2, "drift: this server carries no site: make one with drift build\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task As_process_1_it_serves_and_ends_on_SIGTERM()
    {
        var unshare = Need.Program("unshare");
        await using var server = await RunningServer.StartAsync([unshare, .. Namespaces, "--pid", "--fork", "--kill-child", await servers.Site.PathAsync(Architecture.X64)], "DRIFT_DRAIN_DELAY=0");
        using var connection = await RawConnection.OpenAsync(server.Port);
        Assert.Equal("OK", (await connection.AskAsync("/health")).Text);
        var child = (await File.ReadAllTextAsync($"/proc/{server.Process.Id}/task/{server.Process.Id}/children", TestContext.Current.CancellationToken)).Trim();
        await server.SignalAsync("TERM", int.Parse(child, CultureInfo.InvariantCulture));
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public async Task Out_of_descriptors_it_neither_spins_nor_stays_deaf(string name)
    {
        // A dozen descriptors: some connections are accepted, the others wait in the kernel's queue.
        var shell = Need.Program("sh");
        string[] command = [.. Architecture.Of(name).Runner, await servers.Site.PathAsync(Architecture.Of(name))];
        await using var server = await RunningServer.StartAsync([shell, "-c", "ulimit -n 12; exec \"$@\"", "sh", .. command]);
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 20; i++) connections.Add(await RawConnection.OpenAsync(server.Port));
            await connections[^1].SendAsync("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
            await Task.Delay(100, TestContext.Current.CancellationToken);
            var before = server.Process.TotalProcessorTime;
            await Task.Delay(300, TestContext.Current.CancellationToken);
            server.Process.Refresh();
            Assert.True(server.Process.TotalProcessorTime - before < TimeSpan.FromMilliseconds(100), "It spins.");

            // As the first ones go, those that waited have their turn.
            foreach (var connection in connections.Take(19)) connection.Dispose();
            Assert.Equal("OK", (await connections[^1].ReceiveAnswerAsync()).Text);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task It_listens_on_IPv6_and_IPv4()
    {
        Need.That(Socket.OSSupportsIPv6, "this machine has no IPv6");
        var port = await servers.PortAsync(Architecture.X64);
        using var client = new HttpClient();
        Assert.Equal("OK", await client.GetStringAsync(new Uri($"http://[::1]:{port}/health"), TestContext.Current.CancellationToken));
        Assert.Equal("OK", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"), TestContext.Current.CancellationToken));
    }

    private async Task<ProcessRun> RunAsync(Architecture architecture, string port)
    {
        string[] command = [.. architecture.Runner, await servers.Site.PathAsync(architecture)];
        return await ProcessRun.RunAsync(command[0], command.Skip(1), timeout: TimeSpan.FromSeconds(5),
            environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PORT"] = port });
    }
}
