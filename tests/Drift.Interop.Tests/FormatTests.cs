// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>
/// Every tool with every kind of image: it reads the image, and runs it when it is a tool that runs images; or it refuses with these words,
/// which is what its version of Debian 12 is known for. docs/interoperability.md has the table.
/// </summary>
[Collection(EnginesDefinition.Name)]
public sealed class FormatTests(EnginesFixture engines)
{
    /// <summary>Every format with every compression that it has a name for.</summary>
    public static TheoryData<string, string> All => new() { { "oci", "gzip" }, { "oci", "zstd" }, { "oci", "none" }, { "docker", "gzip" }, { "docker", "none" } };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Skopeo(string format, string compression)
    {
        Need.Program("skopeo");
        var target = engines.Folder.Combine($"skopeo-{format}-{compression}");
        var copy = await RunAsync("skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--dest-decompress", "docker://" + engines.Reference(format, compression), "dir:" + target);
        copy.EnsureSuccess();
        // What it decompressed is the tar whose digest the config tells; skopeo checks it.
        Assert.Contains("\"application/vnd.", await File.ReadAllTextAsync(Path.Combine(target, "manifest.json"), Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci", "gzip", null)]
    [InlineData("oci", "zstd", "blob is not correct mediatype")]
    [InlineData("oci", "none", null)]
    [InlineData("docker", "gzip", "descriptor does not point")]
    [InlineData("docker", "none", "descriptor does not point")]
    public async Task Umoci(string format, string compression, string? refusal)
    {
        Need.Program("umoci");
        Need.That(Environment.IsPrivilegedProcess, "umoci keeps owners only as root");
        var bundle = engines.Folder.Combine($"umoci-{format}-{compression}");
        if (IsRefused(await RunAsync("umoci", "unpack", "--image", $"{engines.Layout}:{format}-{compression}", bundle), refusal)) return;
        Assert.True(new FileInfo(Path.Combine(bundle, "rootfs", "server")).Length > 4096);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Podman(string format, string compression)
    {
        var pull = await engines.PodmanAsync("pull", "--quiet", "--tls-verify=false", engines.Reference(format, compression));
        pull.EnsureSuccess();
        await engines.AssertPodmanRunsAsync(engines.Reference(format, compression));
    }

    [Theory]
    [InlineData("oci", "gzip", null)]
    [InlineData("oci", "zstd", "invalid tar header")]
    [InlineData("oci", "none", null)]
    [InlineData("docker", "gzip", null)]
    [InlineData("docker", "none", null)]
    public async Task Docker_Engine(string format, string compression, string? refusal)
    {
        var docker = await engines.DockerAsync();
        var pull = await docker.RunAsync(["pull", "--quiet", engines.Reference(format, compression)], Cancelled);
        if (!IsRefused(pull, refusal)) await docker.AssertRunsAsync(engines.Reference(format, compression));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Containerd(string format, string compression)
    {
        var containerd = await engines.ContainerdAsync();
        var pull = await containerd.RunAsync(["images", "pull", "--plain-http", engines.Reference(format, compression)], Cancelled);
        pull.EnsureSuccess();
        await containerd.AssertRunsAsync(engines.Reference(format, compression));
    }

    private static bool IsRefused(ProcessRun run, string? refusal)
    {
        if (refusal is null)
        {
            run.EnsureSuccess();
            return false;
        }
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(refusal, run.Error, StringComparison.Ordinal);
        return true;
    }

    private static Task<ProcessRun> RunAsync(string program, params string[] arguments) => ProcessRun.RunAsync(program, arguments, cancellationToken: Cancelled);
}
