// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Recipes;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>What the kernel grants the server once it serves, and what it knows about its memory.</summary>
public sealed class SandboxTests(ServersFixture servers)
{
    [Theory]
    [InlineData("auto")]
    [InlineData("require")]
    public async Task It_gives_up_all_that_it_does_not_need(string sandbox)
    {
        await using var server = await RunningServer.StartAsync(Architecture.Native, servers.Site, $"DRIFT_SANDBOX={sandbox}");
        // It listens a moment before it gives up its rights, and answers after that.
        using var connection = await RawConnection.OpenAsync(server.Port);
        Assert.Equal("OK", (await connection.AskAsync("/health")).Text);
        Assert.Equal((2, 1), (Status(server.Process.Id, "Seccomp"), Status(server.Process.Id, "NoNewPrivs")));
        Assert.Equal(Status(Environment.ProcessId, "Seccomp_filters") + 1, Status(server.Process.Id, "Seccomp_filters"));
    }

    [Fact]
    public async Task It_gives_up_nothing_when_it_shall_not()
    {
        await using var server = await RunningServer.StartAsync(Architecture.Native, servers.Site, "DRIFT_SANDBOX=off");
        foreach (var name in new[] { "Seccomp", "NoNewPrivs" }) Assert.Equal(Status(Environment.ProcessId, name), Status(server.Process.Id, name));
    }

    [Fact]
    public async Task Without_seccomp_it_ends_with_1_where_that_is_required()
    {
        // The emulator has none.
        var architecture = Architecture.Foreign;
        string[] command = [.. architecture.Runner, await servers.Site.PathAsync(architecture)];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DRIFT_SANDBOX"] = "require", ["PORT"] = FreePort.Find().ToString(CultureInfo.InvariantCulture) };
        var run = await ProcessRun.RunAsync(command[0], command.Skip(1), environment: environment, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((1, "drift: the kernel has no seccomp, which DRIFT_SANDBOX=require asks for\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task No_memory_is_both_written_and_run()
    {
        await using var server = await RunningServer.StartAsync(Architecture.Native, servers.Site);
        var maps = await File.ReadAllLinesAsync($"/proc/{server.Process.Id}/maps", TestContext.Current.CancellationToken);
        Assert.Contains(maps, line => line.Split(' ')[1].StartsWith("rw-", StringComparison.Ordinal));
        Assert.Contains(maps, line => line.Split(' ')[1].StartsWith("r-x", StringComparison.Ordinal));
        Assert.DoesNotContain(maps, line => line.Split(' ')[1] is [_, 'w', 'x', _]);
    }

    [Fact]
    public async Task Each_start_is_at_another_address()
    {
        var kernel = await File.ReadAllTextAsync("/proc/sys/kernel/randomize_va_space", TestContext.Current.CancellationToken);
        Need.That(kernel.Trim() == "2", "the kernel puts every program at the same address");
        var bases = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            await using var server = await RunningServer.StartAsync(Architecture.Native, servers.Site);
            var maps = await File.ReadAllLinesAsync($"/proc/{server.Process.Id}/maps", TestContext.Current.CancellationToken);
            Assert.True(bases.Add(maps.First(line => line.Contains("/server-", StringComparison.Ordinal)).Split('-')[0]));
        }
    }

    [Fact]
    public async Task Idle_it_holds_little_memory()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Combine("server");
        await TestSite.ComposeAsync(Architecture.Native, [SiteFile.FromText("/", "hello")], path);
        await using var server = await RunningServer.StartAsync([path]);
        using var connection = await RawConnection.OpenAsync(server.Port);
        Assert.Equal("hello", (await connection.AskAsync("/")).Text);
        Assert.InRange(Status(server.Process.Id, "VmRSS"), 1, 64 * Environment.SystemPageSize / 4096);
    }

    // A number of /proc/PID/status.
    private static int Status(int process, string name) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split([':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
