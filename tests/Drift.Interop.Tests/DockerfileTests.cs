// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>The Dockerfile and docker-compose.yml, by a real engine: what they make is what Drift makes.</summary>
[Collection(EnginesDefinition.Name)]
public sealed class DockerfileTests(PublishedSite site) : IClassFixture<PublishedSite>, IAsyncLifetime
{
    private const string Sdk = "drift-test-sdk";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly string Root = ProjectRoot.Combine("artifacts", "test-cache", "sdk-image");
    private DockerEngine _docker = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _docker = await DockerEngine.StartAsync(Cancelled);
        Need.Program("debootstrap");
        (await ProcessRun.RunAsync(ProjectRoot.Combine("eng", "sdk-image"), [Root], timeout: Limit, cancellationToken: Cancelled)).EnsureSuccess();
        const string Import = """tar --directory "$1" --create . | docker import --change 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1' - "$2" """;
        (await RunAsync("sh", "-c", Import, "sh", Root, Sdk)).EnsureSuccess();
    }

    public ValueTask DisposeAsync() => _docker is null ? ValueTask.CompletedTask : _docker.DisposeAsync();

    [Fact]
    public async Task Docker_builds_the_image_that_Drift_builds()
    {
        await BuildAsync("drift-test-amd64", "linux/amd64");
        await _docker.AssertRunsAsync("drift-test-amd64");
        Assert.Equal(await ServerOfAsync(site.Reference, "linux/amd64"), await ServerOfAsync("drift-test-amd64", "linux/amd64"));
        const string Format = "{{.Os}} {{.Config.User}} {{.Config.Entrypoint}} {{.Config.Cmd}} {{.Config.ExposedPorts}} {{.Config.StopSignal}} {{.Config.WorkingDir}}";
        Assert.Equal(await DockerAsync("image", "inspect", "--format", Format, site.Reference), await DockerAsync("image", "inspect", "--format", Format, "drift-test-amd64"));
        Assert.Equal("[CMD /server --probe]", await DockerAsync("image", "inspect", "--format", "{{.Config.Healthcheck.Test}}", "drift-test-amd64"));

        // The same for AArch64, and what is stated on the page.
        await BuildAsync("drift-test-arm64", "linux/arm64", "--build-arg", "IMAGE_SIZE=54321", "--build-arg", "REPOSITORY_URL=https://example.com/me/drift?a=b");
        Assert.Equal("linux/arm64", await DockerAsync("image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", "drift-test-arm64"));
        var server = Encoding.Latin1.GetString(await ServerOfAsync("drift-test-arm64", "linux/arm64"));
        Assert.Contains("""id="image-size">54321 bytes""", server, StringComparison.Ordinal);
        Assert.Contains("""href="https://example.com/me/drift?a=b">""", server, StringComparison.Ordinal);
        // EM_AARCH64.
        Assert.Equal(183, server[18]);

        await ComposeAsync();
    }

    /// <summary>In the same test: the engine has built the tool, which takes a minute.</summary>
    private async Task ComposeAsync()
    {
        var port = FreePort.Find();
        Need.Program("docker-compose");
        Task<ProcessRun> ComposeAsync(params string[] arguments) =>
            RunAsync("env", [$"SDK={Sdk}", $"PORT={port}", "COMPOSE_DOCKER_CLI_BUILD=1", "docker-compose", "--project-name", "drift-test", "--file", ProjectRoot.Combine("docker-compose.yml"), .. arguments]);
        (await ComposeAsync("up", "--build", "--detach")).EnsureSuccess();
        try
        {
            await Service.AssertAnswersAsync(port, Cancelled);
            var container = (await ComposeAsync("ps", "--quiet")).EnsureSuccess().Output.Trim();
            Assert.Equal("true [ALL] [no-new-privileges:true]", await DockerAsync("inspect", "--format", "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}", container));
            while (await DockerAsync("inspect", "--format", "{{.State.Health.Status}}", container) is var health && health != "healthy")
            {
                Assert.Equal("starting", health);
                await Task.Delay(200, Cancelled);
            }
        }
        finally
        {
            (await ComposeAsync("down")).EnsureSuccess();
        }
    }

    private async Task BuildAsync(string name, string platform, params string[] options) =>
        (await RunAsync("docker", ["build", "--progress", "plain", "--network", "none", "--build-arg", $"SDK={Sdk}", "--platform", platform, "--tag", name, .. options, ProjectRoot.Path])).EnsureSuccess();

    private async Task<byte[]> ServerOfAsync(string image, string platform)
    {
        var container = await DockerAsync("create", "--platform", platform, image);
        var file = site.Folder.Combine(Guid.NewGuid().ToString("n"));
        await DockerAsync("cp", $"{container}:/server", file);
        await DockerAsync("rm", container);
        return await File.ReadAllBytesAsync(file, Cancelled);
    }

    private async Task<string> DockerAsync(params string[] arguments) => (await RunAsync("docker", arguments)).EnsureSuccess().Output.Trim();

    /// <summary>With Debian's client, found by <c>env</c>: it builds for other platforms without a plug-in.</summary>
    private Task<ProcessRun> RunAsync(string program, params string[] arguments) => ProcessRun.RunAsync("env", [program, .. arguments], timeout: Limit, cancellationToken: Cancelled, environment: new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin",
        ["DOCKER_HOST"] = _docker.Host,
        ["DOCKER_BUILDKIT"] = "1",
    });
}
