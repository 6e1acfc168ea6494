// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Each test has an engine of its own. One that starts clears the tables of the machine's packet filter that all engines share: no other test's may run something then.</summary>
[Collection(EnginesDefinition.Name)]
public sealed class DockerTests(PublishedSite site) : IClassFixture<PublishedSite>, IAsyncLifetime
{
    private DockerEngine _docker = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Dictionary<string, string?> DockerHost => new(StringComparer.Ordinal) { ["DOCKER_HOST"] = _docker.Host };

    public async ValueTask InitializeAsync() => _docker = await DockerEngine.StartAsync(Cancelled);

    public ValueTask DisposeAsync() => _docker is null ? ValueTask.CompletedTask : _docker.DisposeAsync();

    [Fact]
    public async Task Docker_pulls_the_index_and_runs_the_image_locked_down()
    {
        await RunAsync("pull", "--quiet", site.Reference);
        Assert.Contains(site.Digest, await RunAsync("image", "inspect", "--format", "{{.RepoDigests}}", site.Reference), StringComparison.Ordinal);
        Assert.Equal("65532:65532 linux/amd64", await RunAsync("image", "inspect", "--format", "{{.Config.User}} {{.Os}}/{{.Architecture}}", site.Reference));
        await AssertRunsAsync(site.Reference);
    }

    [Fact]
    public async Task Docker_stops_it_by_SIGTERM_at_once()
    {
        var container = await RunAsync("run", "--detach", site.Reference);
        await RunAsync("stop", "--time", "30", container);
        // Killed by SIGKILL it would be 137.
        Assert.Equal("0", await RunAsync("inspect", "--format", "{{.State.ExitCode}}", container));
    }

    [Fact]
    public async Task Docker_loads_a_docker_archive()
    {
        var archive = site.Folder.Combine("docker.tar");
        await DriftTool.JsonAsync(["build", "-o", $"docker-archive:{archive}:drift-test/site:2"], Cancelled);
        Assert.Contains("drift-test/site:2", await RunAsync("load", "--input", archive), StringComparison.Ordinal);
        await AssertRunsAsync("drift-test/site:2");
    }

    [Fact]
    public async Task Drift_up_runs_with_Docker_and_leaves_nothing_in_it()
    {
        var report = await DriftTool.JsonAsync(["up", "--check", "--port", "0", "--runtime", "docker"], Cancelled, DockerHost);
        Assert.Equal("docker", report.GetProperty("runtime").GetString());
        Assert.Equal("", await RunAsync("ps", "--all", "--quiet"));
        Assert.Equal("", await RunAsync("images", "--quiet"));
    }

    [Fact]
    public async Task Drift_runs_an_archive_with_Docker()
    {
        var archive = site.Folder.Combine("oci.tar");
        await DriftTool.JsonAsync(["build", "-o", "oci-archive:" + archive], Cancelled);
        var port = FreePort.Find();
        var run = DriftTool.RunAsync(["run", "oci-archive:" + archive, "--runtime", "docker", "--port", $"{port}"], Cancelled, DockerHost);
        var answers = Service.AssertAnswersAsync(port, Cancelled);
        // What the command says is worth more than that nobody answers.
        if (await Task.WhenAny(run, answers) == run) Assert.Fail((await run).Error);
        await answers;
        // It may answer before the engine lists it as running.
        await RunAsync("stop", await RunAsync("ps", "--all", "--quiet"));
        // The program's own exit code is the command's.
        Assert.Equal(0, (await run).ExitCode);
        Assert.Equal("", await RunAsync("ps", "--all", "--quiet"));
        Assert.Equal("", await RunAsync("images", "--quiet"));
    }

    private async Task AssertRunsAsync(string image)
    {
        var port = FreePort.Find();
        await RunAsync("run", "--detach", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--publish", $"127.0.0.1:{port}:8080", image);
        await Service.AssertAnswersAsync(port, Cancelled);
    }

    private async Task<string> RunAsync(params string[] arguments) => (await _docker.RunAsync(arguments, Cancelled)).EnsureSuccess().Output.Trim();
}
