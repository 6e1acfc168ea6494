// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Runs the site with an engine that has its image, until it answers, and takes the container away.</summary>
internal static class EngineRuns
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task AssertRunsAsync(this DockerEngine docker, string image)
    {
        var port = FreePort.Find();
        var container = (await docker.RunAsync(["run", "--detach", "--read-only", "--cap-drop", "ALL", "--publish", $"127.0.0.1:{port}:8080", image], Cancelled)).EnsureSuccess().Output.Trim();
        await Service.AssertAnswersAsync(port, Cancelled);
        (await docker.RunAsync(["rm", "--force", container], Cancelled)).EnsureSuccess();
    }

    public static async Task AssertPodmanRunsAsync(this EnginesFixture engines, string image)
    {
        var port = FreePort.Find();
        // The container shares this machine's network; PodmanTests looks at published ports.
        var container = (await engines.PodmanAsync("run", "--detach", "--read-only", "--cap-drop", "ALL", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1024:1024",
            "--network", "host", "--env", $"PORT={port}", image)).EnsureSuccess().Output.Trim();
        await Service.AssertAnswersAsync(port, Cancelled);
        (await engines.PodmanAsync("rm", "--force", "--time", "0", container)).EnsureSuccess();
    }

    public static async Task AssertRunsAsync(this Containerd containerd, string image)
    {
        var port = FreePort.Find();
        var container = $"drift-test-{Guid.NewGuid():n}";
        (await containerd.RunAsync(["run", "--detach", "--net-host", "--env", $"PORT={port}", image, container], Cancelled)).EnsureSuccess();
        await Service.AssertAnswersAsync(port, Cancelled);
        (await containerd.RunAsync(["tasks", "rm", "--force", container], Cancelled)).EnsureSuccess();
        (await containerd.RunAsync(["containers", "rm", container], Cancelled)).EnsureSuccess();
    }
}
