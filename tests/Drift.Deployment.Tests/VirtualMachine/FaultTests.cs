// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>What fails, while clients ask: they notice nothing, the error says what happened, and the next deployment is as if nothing had been.</summary>
public sealed class FaultTests(MachineFixture machines) : MachineTest(machines)
{
    [Theory]
    [InlineData("silent", "does not answer at port", "I wait for a database")]
    [InlineData("broken", "ended with exit code 3", "I cannot read my settings")]
    public async Task Version_that_is_never_healthy_is_removed_and_the_old_one_not_touched(string image, string problem, string log)
    {
        await DeployAsync("one");
        await using var load = Load("one");
        var error = await AssertDeployFailsAsync(7, problem, image, "--timeout", "2s");
        Assert.Contains(log, error, StringComparison.Ordinal);
        // What a service prints moves no cursor.
        Assert.DoesNotContain('\x1b', error);
        Assert.Equal($"drift-{App}-blue", await RunningAsync());
        await load.AssertNothingLostAsync();
        Assert.Equal("failed", (await AuditAsync())[^1].GetProperty("result").GetString());
        Assert.True((await StatusAsync()).GetProperty("isWell").GetBoolean());
    }

    [Fact]
    public async Task Version_that_is_sick_after_the_switch_is_taken_back()
    {
        await DeployAsync("one");
        await using var load = Load("one", "two");
        await AssertDeployFailsAsync(7, "answers 503", "sick", "--watch", "20s");
        await load.AssertNothingLostAsync();
        await AssertAnswersAsync("one");
        Assert.Equal("went-back", (await AuditAsync())[^1].GetProperty("result").GetString());
        Assert.Equal($"drift-{App}-blue", await RunningAsync());
    }

    [Fact]
    public async Task Version_that_dies_after_the_switch_is_taken_back()
    {
        await DeployAsync("one");
        var error = await AssertDeployFailsAsync(7, "after the switch", "dying", "--watch", "20s");
        Assert.Contains("exit code", error, StringComparison.Ordinal);
        await AssertAnswersAsync("one");
        Assert.True((await StatusAsync()).GetProperty("isWell").GetBoolean());
    }

    [Fact]
    public async Task First_version_that_dies_after_the_switch_leaves_nothing()
    {
        await AssertDeployFailsAsync(7, "after the switch", "dying", "--watch", "20s");
        Assert.Equal("", await RunningAsync());
        Assert.DoesNotContain(App, await Machine.OutputAsync("nft list tables; ls /etc/nftables.d", Cancelled), StringComparison.Ordinal);
        Assert.Equal("deployed", (await DeployAsync("one")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Version_that_starts_slowly_is_waited_for()
    {
        await DeployAsync("one");
        await using var load = Load("one", "two");
        Assert.Equal("deployed", (await DeployAsync("slow")).GetProperty("outcome").GetString());
        await load.AssertNothingLostAsync();
        await AssertAnswersAsync("two");
    }

    [Fact]
    public async Task Image_for_another_processor_is_refused_before_anything_changes()
    {
        await DeployAsync("one");
        var other = Oci.Platform.ThisMachine.Architecture == "amd64" ? "linux/arm64" : "linux/amd64";
        await AssertDeployFailsAsync(5, "has no image for", "foreign");
        // Named, it is found out without the machine.
        var run = await DriftTool.RunAsync(["deploy", "vm", "nowhere.invalid", "--image", Machines.Reference("one"), "--insecure", Machines.Registry, "--platform", other], Cancelled);
        Assert.Equal(5, run.ExitCode);
        Assert.Contains($"has no image for {other}", run.Error, StringComparison.Ordinal);
        await AssertAnswersAsync("one");
    }

    [Fact]
    public async Task Missing_digest_is_found_out_without_the_machine()
    {
        var run = await DriftTool.RunAsync(["deploy", "vm", "nowhere.invalid", "--image", $"{Machines.Registry}/one@sha256:{new string('0', 64)}", "--insecure", Machines.Registry], Cancelled);
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_that_asks_for_a_login_is_told_from_a_machine_that_does()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        var run = await DriftTool.RunAsync(["deploy", "vm", "nowhere.invalid", "--image", $"{registry.Host}/one:1"], Cancelled);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("drift login", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_deployment_at_once_is_refused_or_waits()
    {
        await DeployAsync("one");
        await using var load = Load("one", "two", "three");
        await using var first = DriftTool.Start([.. Deployment("two", "--watch", "4s"), "--progress", "json"]);
        await first.ReadErrorAsync("\"step\":\"pull\"", Cancelled);
        var error = await AssertDeployFailsAsync(6, "Another deployment runs", "three");
        Assert.Contains("deploy ", error, StringComparison.Ordinal);
        Assert.Contains("@", error, StringComparison.Ordinal);
        Assert.Equal("deployed", (await DeployAsync("three", "--wait", "60s")).GetProperty("outcome").GetString());
        Assert.Equal(0, await first.StopAsync("CONT", Cancelled));
        await load.AssertNothingLostAsync();
        await AssertAnswersAsync("three");
    }

    [Fact]
    public async Task Port_of_someone_else_is_refused()
    {
        await AssertDeployFailsAsync(3, "Another program listens at port 22", "one", "--port", "22");
    }

    [Fact]
    public async Task Changed_host_key_is_refused_and_nothing_is_sent()
    {
        await DeployAsync("one");
        var known = await File.ReadAllTextAsync(Machine.KnownHosts, Cancelled);
        try
        {
            var key = Machines.Folder.Combine($"key-{App}");
            (await ProcessRun.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], cancellationToken: Cancelled)).EnsureSuccess();
            var parts = (await File.ReadAllTextAsync(key + ".pub", Cancelled)).Split(' ');
            await File.WriteAllTextAsync(Machine.KnownHosts, $"{Machine.Address} {parts[0]} {parts[1]}\n", Cancelled);
            await AssertDeployFailsAsync(4, "another host key", "two");
            await File.WriteAllTextAsync(Machine.KnownHosts, "", Cancelled);
            await AssertDeployFailsAsync(4, "is not known", "two");
        }
        finally
        {
            await File.WriteAllTextAsync(Machine.KnownHosts, known, Cancelled);
        }
        await AssertAnswersAsync("one");
    }

    [Fact]
    public async Task Machine_that_cannot_be_reached_is_said_so()
    {
        var run = await DriftTool.RunAsync(["status", "vm", "root@127.0.0.1", "--ssh-option", $"Port={FreePort.Find()}"], Cancelled);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
    }
}
