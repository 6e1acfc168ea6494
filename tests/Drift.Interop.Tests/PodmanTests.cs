// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

public sealed class PodmanTests(PublishedSite site) : IClassFixture<PublishedSite>, IAsyncLifetime
{
    // Storage of the test's own, so that the user's images are not touched.
    private readonly TemporaryDirectory _storage = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Need.Program("podman");
        Need.Program("runc");
        Need.That(Environment.IsPrivilegedProcess, "podman without root needs subordinate users, which not every machine has");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await ProcessRun.RunAsync("podman", [.. Storage, "rm", "--all", "--force", "--time", "0"]);
        await ProcessRun.RunAsync("podman", [.. Storage, "image", "rm", "--all", "--force"]);
        await Mounts.DetachBelowAsync(_storage.Path);
        _storage.Dispose();
    }

    [Fact]
    public async Task Podman_pulls_the_index_and_runs_the_image_locked_down()
    {
        await RunAsync("pull", "--quiet", "--tls-verify=false", site.Reference);
        Assert.Contains(site.Digest, await RunAsync("image", "inspect", "--format", "{{.RepoDigests}} {{.Digest}}", site.Reference), StringComparison.Ordinal);
        await AssertRunsAsync(site.Reference);
    }

    [Fact]
    public async Task Podman_loads_both_kinds_of_archive()
    {
        var archive = site.Folder.Combine("podman-docker.tar");
        await DriftTool.JsonAsync(["build", "-o", $"docker-archive:{archive}:drift-test/site:3"], Cancelled);
        await RunAsync("load", "--quiet", "--input", archive);
        await AssertRunsAsync("docker.io/drift-test/site:3");

        archive = site.Folder.Combine("podman-oci.tar");
        await DriftTool.JsonAsync(["build", "--platform", "linux/amd64", "-o", "oci-archive:" + archive], Cancelled);
        var image = (await RunAsync("pull", "--quiet", "oci-archive:" + archive)).Split('\n')[^1];
        await AssertRunsAsync(image);
    }

    [Fact]
    public async Task Drift_up_runs_with_podman_and_leaves_nothing_in_it()
    {
        var before = (await ProcessRun.RunAsync("podman", ["images", "--quiet"], cancellationToken: Cancelled)).EnsureSuccess().Output;
        var report = await DriftTool.JsonAsync(["up", "--check", "--port", "0", "--runtime", "podman"], Cancelled);
        Assert.Equal("podman", report.GetProperty("runtime").GetString());
        Assert.Equal(before, (await ProcessRun.RunAsync("podman", ["images", "--quiet"], cancellationToken: Cancelled)).EnsureSuccess().Output);
    }

    private string[] Storage => ["--root", _storage.Combine("root"), "--runroot", _storage.Combine("run"), "--runtime", "runc"];

    private async Task AssertRunsAsync(string image)
    {
        var port = FreePort.Find();
        await RunAsync("run", "--detach", "--read-only", "--cap-drop", "ALL", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1024:1024",
            "--publish", $"127.0.0.1:{port}:8080", image);
        await Service.AssertAnswersAsync(port, Cancelled);
    }

    private async Task<string> RunAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync("podman", [.. Storage, .. arguments], cancellationToken: Cancelled)).EnsureSuccess().Output.Trim();
}
