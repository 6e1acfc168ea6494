// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Deployment.Tests;

/// <summary>A test with an application and a port of its own, on a machine that the tests of its class share, one after the other.</summary>
public abstract class MachineTest(MachineFixture machines) : IClassFixture<MachineFixture>
{
    private readonly string _id = Guid.NewGuid().ToString("n")[..8];

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected MachineFixture Machines { get; } = machines;

    protected TestMachine Machine => Machines.Machine;

    /// <summary>The application's name.</summary>
    protected string App => "t" + _id;

    /// <summary>The port that it answers at.</summary>
    protected int Port { get; } = machines.NewPort();

    /// <summary>What selects machine and application in every command.</summary>
    protected string[] Target => [TestMachine.Host, "--ssh-config", Machine.SshConfiguration, "--name", App, "--insecure", Machines.Registry];

    /// <summary>A deployment that does not take longer than it must.</summary>
    protected string[] Deployment(string image, params string[] options) =>
        ["deploy", "vm", .. Target, "--image", Machines.Reference(image), .. options.Contains("--port") ? [] : new[] { "--port", Port.ToString(CultureInfo.InvariantCulture) },
            "--env", "DRIFT_DRAIN_DELAY=1", .. options.Contains("--drain") ? [] : new[] { "--drain", "1s" }, .. options.Contains("--watch") ? [] : new[] { "--watch", "1s" }, .. options];

    /// <summary>Deploys, which must succeed, and returns what is reported of the machine.</summary>
    protected async Task<JsonElement> DeployAsync(string image, params string[] options) =>
        (await DriftTool.JsonAsync(Deployment(image, options), Cancelled)).GetProperty("hosts")[0];

    /// <summary>Deploys, which must fail with an exit code and an error that has this in it; returns the whole error.</summary>
    protected async Task<string> AssertDeployFailsAsync(int exitCode, string text, string image, params string[] options)
    {
        var run = await DriftTool.RunAsync(Deployment(image, options), Cancelled);
        Assert.True(exitCode == run.ExitCode, $"It ended with {run.ExitCode}.\n{run.Output}{run.Error}");
        Assert.Contains(text, run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
        return run.Error;
    }

    /// <summary>What the status says; the service need not be well.</summary>
    protected async Task<JsonElement> StatusAsync() =>
        JsonElement.Parse((await DriftTool.RunAsync(["status", "vm", .. Target, "--json"], Cancelled)).Output);

    /// <summary>Clients on the machine itself and outside of it, who keep their connections, and to whom each of these pages is right.</summary>
    protected MachineLoad Load(params string[] pages) => new(Machine, Port, [.. pages.Select(MachineFixture.Page)]);

    /// <summary>Asks once, over a connection of its own, and checks the page.</summary>
    protected async Task AssertAnswersAsync(string page)
    {
        using var client = new KeepAliveClient(new IPEndPoint(Machine.Address, Port));
        Assert.Equal(MachineFixture.Page(page), (await client.GetAsync(Cancelled)).ToArray());
        using var inside = new KeepAliveClient(new IPEndPoint(IPAddress.Loopback, Port), Machine.Inside.Open);
        Assert.Equal(MachineFixture.Page(page), (await inside.GetAsync(Cancelled)).ToArray());
    }

    /// <summary>The names of the application's containers that run.</summary>
    protected async Task<string> RunningAsync() => await Machine.OutputAsync($"docker ps --filter label=drift.app={App} --format '{{{{.Names}}}}'", Cancelled);

    /// <summary>The lines of the audit log.</summary>
    protected async Task<JsonElement[]> AuditAsync() =>
        [.. (await Machine.OutputAsync($"cat /var/lib/drift/{App}/audit.jsonl", Cancelled)).Split('\n').Select(line => JsonElement.Parse(line))];
}
