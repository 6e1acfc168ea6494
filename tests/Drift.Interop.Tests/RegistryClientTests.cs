// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>The embedded registry with the clients that others wrote: each one pulls an image, pushes it under another name, and pulls that.</summary>
[Collection(EnginesDefinition.Name)]
public sealed class RegistryClientTests(EnginesFixture engines)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Source => engines.Reference("oci", "gzip");

    [Fact]
    public async Task Docker_Engine()
    {
        var docker = await engines.DockerAsync();
        var pushed = engines.Registry + "/by/docker:1";
        foreach (var arguments in new string[][] { ["pull", "--quiet", Source], ["tag", Source, pushed], ["push", "--quiet", pushed], ["rmi", Source, pushed], ["pull", "--quiet", pushed] })
            (await docker.RunAsync(arguments, Cancelled)).EnsureSuccess();
        await docker.AssertRunsAsync(pushed);
    }

    [Fact]
    public async Task Podman()
    {
        var pushed = engines.Registry + "/by/podman:1";
        foreach (var arguments in new string[][]
        {
            ["pull", "--quiet", "--tls-verify=false", Source], ["tag", Source, pushed], ["push", "--quiet", "--tls-verify=false", pushed], ["rmi", Source, pushed],
            ["pull", "--quiet", "--tls-verify=false", pushed],
        }) (await engines.PodmanAsync(arguments)).EnsureSuccess();
        await engines.AssertPodmanRunsAsync(pushed);
    }

    [Fact]
    public async Task Containerd()
    {
        var containerd = await engines.ContainerdAsync();
        var pushed = engines.Registry + "/by/containerd:1";
        foreach (var arguments in new string[][]
        {
            ["images", "pull", "--plain-http", Source], ["images", "tag", Source, pushed], ["images", "push", "--plain-http", pushed], ["images", "rm", "--sync", Source, pushed],
            ["images", "pull", "--plain-http", pushed],
        }) (await containerd.RunAsync(arguments, Cancelled)).EnsureSuccess();
        await containerd.AssertRunsAsync(pushed);
        Assert.Equal(await DigestAsync("docker://" + Source), await DigestAsync("docker://" + pushed));
    }

    [Fact]
    public async Task Skopeo()
    {
        var pushed = $"docker://{engines.Registry}/by/skopeo:1";
        await SkopeoAsync("copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", "docker://" + Source, pushed);
        Assert.Equal(await DigestAsync("docker://" + Source), await DigestAsync(pushed));
        await SkopeoAsync("sync", "--src", "docker", "--dest", "dir", "--src-tls-verify=false", $"{engines.Registry}/by/skopeo", engines.Folder.Combine("synced"));
        await SkopeoAsync("delete", "--tls-verify=false", pushed);
        var tags = JsonElement.Parse(await SkopeoAsync("list-tags", "--tls-verify=false", $"docker://{engines.Registry}/by/skopeo"));
        Assert.Empty(tags.GetProperty("Tags").EnumerateArray());
    }

    [Fact]
    public async Task A_pull_through_cache_of_Debians_registry()
    {
        await using var cache = await DebianRegistry.StartAsync(Cancelled, upstream: new Uri($"http://{engines.Registry}"));
        var cached = Source.Replace(engines.Registry, cache.Host, StringComparison.Ordinal);
        Assert.Equal(await DigestAsync("docker://" + Source), await DigestAsync("docker://" + cached));
        var layout = engines.Folder.Combine("through-cache");
        await SkopeoAsync("copy", "--all", "--src-tls-verify=false", "docker://" + cached, $"oci:{layout}:1");
        (await DriftTool.RunAsync(["diff", Source, $"oci:{layout}:1"], Cancelled)).EnsureSuccess();
    }

    private static async Task<string> DigestAsync(string image) => (await SkopeoAsync("inspect", "--tls-verify=false", "--no-tags", "--format", "{{.Digest}}", image)).Trim();

    private static async Task<string> SkopeoAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program("skopeo"), ["--insecure-policy", .. arguments], cancellationToken: Cancelled)).EnsureSuccess().Output;
}
