// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>A deployment that is cut off at any step: clients notice nothing, and the next one puts right what is left.</summary>
public sealed class CutOffTests(MachineFixture machines) : MachineTest(machines)
{
    private static readonly string[] Steps = ["lock", "pull", "start", "health", "switch", "verify", "commit", "drain"];
    // The machine sees the same of both: the tool's own end is tried where it matters most.
    private static readonly string[] LateSteps = ["start", "switch", "verify", "commit", "drain"];

    [Fact]
    public async Task Tool_is_killed_at_a_step()
    {
        await DeployAsync("one");
        await using var load = Load("one", "two");
        foreach (var (step, image) in LateSteps.Zip(Alternating()))
        {
            await using (var first = await StartUntilAsync(step, image)) await first.StopAsync("KILL", Cancelled);
            await AssertRepairedAsync(step, image);
        }
        await load.AssertNothingLostAsync();
    }

    [Fact]
    public async Task Connection_is_lost_at_each_step()
    {
        await DeployAsync("one");
        await using var load = Load("one", "two");
        foreach (var (step, image) in Steps.Zip(Alternating()))
        {
            await using (var first = await StartUntilAsync(step, image))
            {
                // The oldest child is the connection; everything else goes through it.
                var children = (await ProcessRun.RunAsync("ps", ["--ppid", first.Id.ToString(CultureInfo.InvariantCulture), "-o", "pid=", "--sort", "start_time"], cancellationToken: Cancelled)).EnsureSuccess().Output;
                await ProcessRun.RunAsync("kill", ["-KILL", children.Split('\n')[0].Trim()], cancellationToken: Cancelled);
                var said = await first.Error.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
                Assert.True(said.Contains("was lost", StringComparison.Ordinal), $"{step}: {said}");
                Assert.Equal(6, await first.StopAsync("CONT", Cancelled));
            }
            await AssertRepairedAsync(step, image);
        }
        await load.AssertNothingLostAsync();
    }

    [Fact]
    public async Task Interrupted_before_the_switch()
    {
        await DeployAsync("one");
        await using var load = Load("one");
        await using var first = DriftTool.Start([.. Deployment("silent"), "--progress", "json"]);
        await first.ReadErrorAsync("\"step\":\"health\"", Cancelled);
        Assert.Equal(130, await first.StopAsync("INT", Cancelled));
        Assert.Equal($"drift-{App}-blue", await RunningAsync());
        await load.AssertNothingLostAsync();
        Assert.True((await StatusAsync()).GetProperty("isWell").GetBoolean());
    }

    private static IEnumerable<string> Alternating()
    {
        while (true)
        {
            yield return "two";
            yield return "one";
        }
    }

    private async Task<DriftProcess> StartUntilAsync(string step, string image)
    {
        // Long enough to be killed in.
        var process = DriftTool.Start([.. Deployment(image, "--watch", "1s", "--drain", "20s"), "--progress", "json"]);
        await process.ReadErrorAsync($"\"step\":\"{step}\"", Cancelled);
        return process;
    }

    private async Task AssertRepairedAsync(string step, string image)
    {
        // The lock is gone with the connection, or a moment later.
        var outcome = (await DeployAsync(image, "--wait", "20s", "--watch", "0s", "--drain", "0s")).GetProperty("outcome").GetString();
        Assert.True(outcome is "deployed" or "unchanged", $"{step}: {outcome}");
        await AssertAnswersAsync(image);
        var status = await StatusAsync();
        Assert.True(status.GetProperty("isWell").GetBoolean(), $"{step}: {status}");
        Assert.Single((await RunningAsync()).Split('\n'));
    }
}
