// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>Layers compressed by zstd, read by the program zstd and by skopeo.</summary>
public sealed class ZstdLayerTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await DriftTool.JsonAsync(["build", "--platform", "linux/amd64", "--compression", "zstd", "-o", $"oci:{_folder.Combine("layout")}:1"], Cancelled);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
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

    private static async Task<string> RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(program, arguments, cancellationToken: Cancelled)).EnsureSuccess().Output;
}
