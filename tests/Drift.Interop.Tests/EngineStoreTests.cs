// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Images that Drift loads into engines itself, and reads from them; and archives that everyone loads.</summary>
[Collection(EnginesDefinition.Name)]
public sealed class EngineStoreTests(EnginesFixture engines)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Builds_into_Docker_and_reads_from_it()
    {
        var docker = await engines.DockerAsync();
        var environment = Variable("DOCKER_HOST", docker.Host);
        await DriftTool.JsonAsync(["build", "-o", "docker-daemon:drift-test/direct:1"], Cancelled, environment);
        await docker.AssertRunsAsync("drift-test/direct:1");
        await AssertReadsAsync("docker-daemon:drift-test/direct:1", "from-docker", environment);
        await docker.AssertRunsAsync(engines.Registry + "/from-docker:1");
    }

    [Fact]
    public async Task Builds_into_podman_and_reads_from_it()
    {
        (await engines.PodmanAsync("info")).EnsureSuccess();
        await DriftTool.JsonAsync(["build", "--compression", "zstd", "-o", "containers-storage:drift-test/direct:1"], Cancelled, engines.PodmanStorage);
        await engines.AssertPodmanRunsAsync("docker.io/drift-test/direct:1");
        await AssertReadsAsync("containers-storage:drift-test/direct:1", "from-podman", engines.PodmanStorage);
    }

    [Fact]
    public async Task Builds_into_containerd()
    {
        var containerd = await engines.ContainerdAsync();
        var environment = Variable("CONTAINERD_ADDRESS", containerd.Address);
        await DriftTool.JsonAsync(["build", "--compression", "zstd", "-o", "containerd:drift-test/direct:1"], Cancelled, environment);
        await containerd.AssertRunsAsync("docker.io/drift-test/direct:1");
        // It cannot be unpacked for this machine, and does not have to be.
        await DriftTool.JsonAsync(["build", "--platform", "linux/arm64", "-o", "containerd:drift-test/foreign:1"], Cancelled, environment);
        Assert.Contains("docker.io/drift-test/foreign:1", (await containerd.RunAsync(["images", "ls", "--quiet"], Cancelled)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker-archive", "drift-test/one:1")]
    [InlineData("oci-archive", "1")]
    public async Task One_file_is_loaded_by_all(string transport, string name)
    {
        Need.Program("skopeo");
        Need.Program("umoci");
        var archive = engines.Folder.Combine(transport + ".tar");
        var location = $"{transport}:{archive}:{name}";
        await DriftTool.JsonAsync(["build", "--platform", "linux/amd64", "-o", location], Cancelled);

        var docker = await engines.DockerAsync();
        await docker.AssertRunsAsync((await docker.RunAsync(["load", "--quiet", "--input", archive], Cancelled)).EnsureSuccess().Output.Trim().Split(": ")[^1]);

        var loaded = (await engines.PodmanAsync("load", "--quiet", "--input", archive)).EnsureSuccess().Output.Trim().Split(": ")[^1];
        await engines.AssertPodmanRunsAsync(loaded);

        var containerd = await engines.ContainerdAsync();
        (await containerd.RunAsync(["images", "import", "--base-name", "docker.io/drift-test/one", archive], Cancelled)).EnsureSuccess();
        await containerd.AssertRunsAsync("docker.io/drift-test/one:1");

        foreach (var kind in new[] { "docker-archive", "oci-archive" }) (await ProcessRun.RunAsync("skopeo", ["--insecure-policy", "copy", $"{kind}:{archive}", $"dir:{archive}.{kind}"], cancellationToken: Cancelled)).EnsureSuccess();

        var layout = Directory.CreateDirectory(archive + ".layout").FullName;
        (await ProcessRun.RunAsync("tar", ["-xf", archive, "-C", layout], cancellationToken: Cancelled)).EnsureSuccess();
        (await ProcessRun.RunAsync("umoci", ["unpack", "--image", layout + ":1", archive + ".bundle"], cancellationToken: Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task An_archive_upon_a_base_needs_no_registry()
    {
        var docker = await engines.DockerAsync();
        var archive = engines.Folder.Combine("appended.tar");
        using var folder = new TemporaryDirectory();
        folder.Write("extra/file", "extra");
        await using (var registry = await DriftTool.ServeRegistryAsync(folder.Combine("registry"), Cancelled))
        {
            var reference = registry.Report.GetProperty("address").GetString() + "/base:1";
            await DriftTool.JsonAsync(["push", $"oci:{engines.Layout}:oci-gzip", reference], Cancelled);
            await DriftTool.JsonAsync(["append", reference, "--layer", folder.Combine("extra") + ":/extra", "--no-cache", "-o", $"docker-archive:{archive}:drift-test/appended:1"], Cancelled);
        }
        (await docker.RunAsync(["load", "--input", archive], Cancelled)).EnsureSuccess();
        await docker.AssertRunsAsync("drift-test/appended:1");
    }

    [Fact]
    public async Task Says_why_an_engine_takes_nothing()
    {
        Need.Program("docker");
        var refused = await DriftTool.RunAsync(["build", "-o", "docker-daemon:x"], Cancelled, Variable("DOCKER_HOST", "unix:///nonexistent/docker.sock"));
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("error DRIFT5003: docker did not load the image: Cannot connect", refused.Error, StringComparison.Ordinal);
        var missing = await DriftTool.RunAsync(["build", "-o", "containerd:x"], Cancelled, Variable("PATH", engines.Folder.Path));
        Assert.Equal(3, missing.ExitCode);
        Assert.Contains("error DRIFT5002: ctr is not installed.\nhint: Install the package containerd", missing.Error, StringComparison.Ordinal);
    }

    private async Task AssertReadsAsync(string location, string repository, IReadOnlyDictionary<string, string?> environment)
    {
        Assert.True((await DriftTool.JsonAsync(["validate", location], Cancelled, environment)).GetProperty("valid").GetBoolean());
        await DriftTool.JsonAsync(["push", location, $"{engines.Registry}/{repository}:1"], Cancelled, environment);
        // It may be built upon, too.
        var based = $"oci:{engines.Folder.Combine(repository)}";
        await DriftTool.JsonAsync(["mutate", location, "--label", "stage=test", "-o", based], Cancelled, environment);
        Assert.True((await DriftTool.JsonAsync(["validate", based], Cancelled)).GetProperty("valid").GetBoolean());
    }

    private static Dictionary<string, string?> Variable(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
