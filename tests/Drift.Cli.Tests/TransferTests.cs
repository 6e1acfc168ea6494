// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift push</c> and <c>pull</c>, between registries, archives and layouts, and from one format to the other.</summary>
public sealed class TransferTests : IDisposable
{
    private const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json", DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Push_copies_from_registry_to_registry_and_inside_of_one()
    {
        await using var other = await DebianRegistry.StartAsync(Cancelled);
        await using var registry = await StartRegistryAsync();
        var source = registry.Address + "/site:1";
        var digest = await DigestAsync("build", "-o", source);
        Assert.Equal(digest, await DigestAsync("push", source, other.Host + "/mirror/site:1"));
        Assert.Equal(digest, await DigestAsync("push", other.Host + "/mirror/site:1", other.Host + "/copy:2"));
        Assert.Equal(digest, await DigestAsync("pull", $"{other.Host}/copy@{digest}", $"oci:{_folder.Combine("layout")}"));
    }

    [Fact]
    public async Task Push_sends_archives_that_are_there()
    {
        await using var registry = await StartRegistryAsync();
        var archive = $"oci-archive:{_folder.Combine("site.tar")}:1";
        var digest = await DigestAsync("build", "-o", archive);
        Assert.Equal(digest, await DigestAsync("push", archive, registry.Address + "/site:1"));
        await DigestAsync("build", "--platform", "linux/amd64", "-o", $"docker-archive:{_folder.Combine("docker.tar")}:site:1");
        await DigestAsync("push", $"docker-archive:{_folder.Combine("docker.tar")}", registry.Address + "/docker:1");
        Assert.True((await DriftTool.JsonAsync(["validate", registry.Address + "/docker:1"], Cancelled)).GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task Formats_are_converted_on_the_way()
    {
        Need.Program("skopeo");
        await using var registry = await StartRegistryAsync();
        var layout = $"oci:{_folder.Combine("layout")}:1";
        var docker = registry.Address + "/site:docker";
        var digest = await DigestAsync("build", "-o", layout);
        Assert.NotEqual(digest, await DigestAsync("push", layout, docker, "--format", "docker"));
        var index = JsonElement.Parse((await ProcessRun.RunAsync("skopeo", ["inspect", "--raw", "--tls-verify=false", "docker://" + docker], cancellationToken: Cancelled)).EnsureSuccess().Output);
        Assert.Equal(DockerIndex, index.GetProperty("mediaType").GetString());
        Assert.Equal([DockerManifest, DockerManifest], index.GetProperty("manifests").EnumerateArray().Select(manifest => manifest.GetProperty("mediaType").GetString()));
        Assert.Equal(digest, await DigestAsync("pull", docker, $"oci:{_folder.Combine("back")}:1", "--format", "oci"));

        var wrong = await DriftTool.RunAsync(["push", layout, docker, "--format", "v2s2"], Cancelled);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--format takes oci or docker", wrong.Error, StringComparison.Ordinal);
    }

    private Task<DriftProcess> StartRegistryAsync() => DriftTool.ServeRegistryAsync(_folder.Combine("registry"), Cancelled);

    private static async Task<string> DigestAsync(params string[] arguments) => (await DriftTool.JsonAsync(arguments, Cancelled)).GetProperty("digest").GetString()!;
}
