// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Layers compressed by zstd, read by the program zstd, by skopeo and by podman.</summary>
public sealed class ZstdLayerTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string[] Storage => ["--root", _folder.Combine("root"), "--runroot", _folder.Combine("run"), "--runtime", "runc"];

    public async ValueTask InitializeAsync() =>
        await DriftTool.JsonAsync(["build", "--platform", "linux/amd64", "--compression", "zstd", "-o", $"oci:{_folder.Combine("layout")}:1"], Cancelled);

    public async ValueTask DisposeAsync()
    {
        await Mounts.DetachBelowAsync(_folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public async Task The_program_zstd_and_skopeo_read_what_was_packed()
    {
        Need.Program("zstd");
        Need.Program("skopeo");
        // skopeo checks digests, and decompresses; the tar inside is the same.
        await RunAsync("skopeo", "--insecure-policy", "copy", "--dest-decompress", $"oci:{_folder.Combine("layout")}:1", "dir:" + _folder.Combine("plain"));
        var inspected = JsonElement.Parse(await RunAsync("skopeo", "--insecure-policy", "inspect", "--config", $"oci:{_folder.Combine("layout")}:1"));
        var diffId = inspected.GetProperty("rootfs").GetProperty("diff_ids")[0].GetString()!["sha256:".Length..];
        var layer = JsonElement.Parse(await RunAsync("skopeo", "--insecure-policy", "inspect", $"oci:{_folder.Combine("layout")}:1")).GetProperty("Layers")[0].GetString()!["sha256:".Length..];
        Assert.StartsWith(diffId, await RunAsync("sh", "-c", $"zstd -d -c {Path.Combine(_folder.Combine("layout"), "blobs", "sha256", layer)} | sha256sum"), StringComparison.Ordinal);
        Assert.StartsWith(diffId, await RunAsync("sha256sum", Path.Combine(_folder.Combine("plain"), diffId)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Podman_unpacks_it()
    {
        Need.Program("podman");
        Need.Program("runc");
        Need.That(Environment.IsPrivilegedProcess, "podman without root needs subordinate users, which not every machine has");
        var archive = _folder.Combine("archive.tar");
        await RunAsync("skopeo", "--insecure-policy", "copy", $"oci:{_folder.Combine("layout")}:1", "oci-archive:" + archive);
        var image = (await RunAsync("podman", [.. Storage, "pull", "--quiet", "oci-archive:" + archive])).Trim().Split('\n')[^1];
        var container = (await RunAsync("podman", [.. Storage, "create", image])).Trim();
        Assert.NotEmpty(await RunAsync("sh", "-c", $"podman {string.Join(' ', Storage)} export {container} | tar --list"));
        await RunAsync("podman", [.. Storage, "rm", container]);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(program, arguments, cancellationToken: Cancelled)).EnsureSuccess().Output;
}
