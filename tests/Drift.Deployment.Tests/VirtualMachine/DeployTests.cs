// SPDX-License-Identifier: Apache-2.0


using System.Net;
using System.Net.Sockets;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>An application's life on a machine, as long as all goes well.</summary>
public sealed class DeployTests(MachineFixture machines) : MachineTest(machines)
{
    [Fact]
    public async Task First_deployment_answers_at_the_port_and_nowhere_else()
    {
        var result = await DeployAsync("one");

        Assert.Equal("deployed", result.GetProperty("outcome").GetString());
        await AssertAnswersAsync("one");
        // The private port is open to the machine alone.
        using var direct = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await direct.ConnectAsync(Machine.Address, result.GetProperty("port").GetInt32(), limit.Token));
        var container = await Machine.OutputAsync($"docker inspect drift-{App}-blue --format '{{{{.HostConfig.ReadonlyRootfs}}}} {{{{.HostConfig.CapDrop}}}} {{{{.HostConfig.SecurityOpt}}}} {{{{.HostConfig.RestartPolicy.Name}}}} {{{{.HostConfig.LogConfig.Type}}}} {{{{.HostConfig.PidsLimit}}}} {{{{.Config.User}}}}'", Cancelled);
        Assert.Equal("true [ALL] [no-new-privileges] unless-stopped local 256 65532:65532", container);
        var status = await StatusAsync();
        Assert.True(status.GetProperty("isWell").GetBoolean(), status.ToString());
        Assert.True(status.GetProperty("survivesReboot").GetBoolean());
    }

    [Fact]
    public async Task Same_digest_again_changes_nothing()
    {
        await DeployAsync("one");
        var before = await FilesAsync();
        Assert.Equal("unchanged", (await DeployAsync("one")).GetProperty("outcome").GetString());
        Assert.Equal(before, await FilesAsync());

        Task<string> FilesAsync() => Machine.OutputAsync($"ls -l --time-style=full-iso /var/lib/drift/{App} /etc/nftables.d; docker ps -a --no-trunc --format '{{{{.ID}}}} {{{{.Names}}}}'; nft list ruleset", Cancelled);
    }

    [Fact]
    public async Task Other_variables_are_another_deployment()
    {
        var file = Machines.Folder.Write($"variables-{App}", "# a comment\n\nSECRET=from the file\nDRIFT_LOG=on\n");
        await DeployAsync("one");
        Assert.Equal("deployed", (await DeployAsync("one", "--env-file", file)).GetProperty("outcome").GetString());
        Assert.Equal("unchanged", (await DeployAsync("one", "--env-file", file)).GetProperty("outcome").GetString());
        Assert.Contains("SECRET=from the file", await Machine.OutputAsync($"docker inspect --format '{{{{.Config.Env}}}}' drift-{App}-green", Cancelled), StringComparison.Ordinal);
        // They are nobody's business but root's.
        Assert.Equal("600", await Machine.OutputAsync($"stat --format %a /var/lib/drift/{App}/state.json", Cancelled));
        Assert.DoesNotContain("SECRET", (await StatusAsync()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_machines_are_done_in_turn_up_to_the_first_that_fails()
    {
        var closed = $"ssh://root@127.0.0.1:{FreePort.Find()}";
        var failed = await DriftTool.RunAsync([.. Deployment("one"), closed], Cancelled);
        Assert.Equal(6, failed.ExitCode);
        Assert.Contains($"{closed} cannot be reached", failed.Error, StringComparison.Ordinal);
        await AssertAnswersAsync("one");

        Assert.Equal(6, (await DriftTool.RunAsync(["deploy", "vm", closed, .. Deployment("two")[2..]], Cancelled)).ExitCode);
        await AssertAnswersAsync("one");
    }

    [Fact]
    public async Task Connection_that_was_there_finishes_on_the_old_version()
    {
        await DeployAsync("one");
        using var client = new KeepAliveClient(new IPEndPoint(Machine.Address, Port));
        Assert.Equal(MachineFixture.Page("one"), (await client.GetAsync(Cancelled)).ToArray());
        await using var deployment = DriftTool.Start([.. Deployment("two", "--watch", "0s", "--drain", "60s"), "--progress", "json"]);
        await deployment.ReadErrorAsync("\"step\":\"drain\"", Cancelled);
        await AssertAnswersAsync("two");
        Assert.Equal(MachineFixture.Page("one"), (await client.GetAsync(Cancelled)).ToArray());
        client.Dispose();
        // Nobody is left: the drain ends long before its time.
        await deployment.ReadErrorAsync("\"step\":\"done\"", Cancelled);
        Assert.Equal(0, await deployment.StopAsync("CONT", Cancelled));
    }

    [Fact]
    public async Task Ten_switches_under_load_lose_no_request()
    {
        await DeployAsync("one");
        await using var load = Load("one", "two");
        for (var round = 0; round < 10; round++) await DeployAsync(round % 2 == 0 ? "two" : "one", "--watch", "0s", "--drain", "0s");
        await load.AssertNothingLostAsync();
        TestContext.Current.SendDiagnosticMessage($"{load.Answers} answers in 10 switches");
        await AssertAnswersAsync("one");
    }
}
