// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>The ways back that a user asks for.</summary>
public sealed class RollbackTests(MachineFixture machines) : MachineTest(machines)
{
    [Fact]
    public async Task Kept_container_answers_again_under_load()
    {
        await DeployAsync("one");
        var container = await ContainerAsync("blue");
        await DeployAsync("two");
        await using var load = Load("one", "two");
        Assert.Equal("rolled-back", await RollBackAsync());
        await load.AssertNothingLostAsync();
        await AssertAnswersAsync("one");
        Assert.Equal(container, await ContainerAsync("blue"));
    }

    [Fact]
    public async Task Image_that_was_pruned_is_pulled_again_by_its_digest()
    {
        // An image that no other test brings to this machine: what another application keeps is not pruned.
        var first = (await DeployAsync("four", "--keep", "2")).GetProperty("digest").GetString()!;
        await DeployAsync("two", "--keep", "2");
        await DeployAsync("three", "--keep", "2");
        Assert.Equal("", await Machine.OutputAsync($"docker images --quiet {Machines.Registry}/four", Cancelled));
        Assert.Equal("rolled-back", await RollBackAsync("2"));
        await AssertAnswersAsync("four");
        var status = await StatusAsync();
        Assert.Equal(first, status.GetProperty("active").GetString());
        Assert.Equal(4, status.GetProperty("history").GetArrayLength());
        Assert.Equal("rolled-back", (await AuditAsync())[^1].GetProperty("result").GetString());

        var run = await DriftTool.RunAsync(["rollback", "vm", .. Target, "4"], Cancelled);
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("has 4 releases", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_and_containers_come_back_when_the_machine_is_switched_off_amid_a_deployment()
    {
        await DeployAsync("one");
        await using (var cut = DriftTool.Start([.. Deployment("two", "--watch", "30s"), "--progress", "json"]))
        {
            await cut.ReadErrorAsync("\"step\":\"verify\"", Cancelled);
            await Machine.SwitchOffAsync();
            await cut.Error.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        }
        await Machine.SwitchOnAsync(Cancelled);
        // The engine starts what ran; the rules were read before it.
        var rules = await Machine.OutputAsync($"nft list table inet drift_{App}", Cancelled);
        Assert.Contains("redirect to", rules, StringComparison.Ordinal);
        await AssertAnswersAsync("two");
        Assert.False((await StatusAsync()).GetProperty("isClean").GetBoolean());

        Assert.Equal("unchanged", (await DeployAsync("two")).GetProperty("outcome").GetString());
        Assert.True((await StatusAsync()).GetProperty("isWell").GetBoolean());
        Assert.Equal($"drift-{App}-green", await RunningAsync());
    }

    [Fact]
    public async Task Rules_that_someone_flushed_hold_again()
    {
        await DeployAsync("one");
        await Machine.OutputAsync($"nft delete table inet drift_{App}", Cancelled);
        Assert.False((await StatusAsync()).GetProperty("isWell").GetBoolean());
        await DeployAsync("one");
        await AssertAnswersAsync("one");
    }

    private async Task<string?> RollBackAsync(params string[] options) =>
        (await DriftTool.JsonAsync(["rollback", "vm", .. Target, "--watch", "1s", "--drain", "1s", .. options], Cancelled)).GetProperty("hosts")[0].GetProperty("outcome").GetString();

    private Task<string> ContainerAsync(string colour) => Machine.OutputAsync($"docker inspect --format '{{{{.Id}}}}' drift-{App}-{colour}", Cancelled);
}
