// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Interop.Tests;

public sealed class UmociTests(PublishedSite site) : IClassFixture<PublishedSite>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Skopeo_copies_the_index_whole_and_byte_for_byte()
    {
        Need.Program("skopeo");
        var layout = site.Folder.Combine("all");
        await RunAsync("skopeo", "copy", "--all", "--src-tls-verify=false", "docker://" + site.Reference, $"oci:{layout}:1");
        Assert.Contains(site.Digest, await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amd64", null)]
    [InlineData("arm64", "qemu-aarch64-static")]
    public async Task Skopeo_copies_umoci_unpacks_and_runc_runs_it(string architecture, string? emulator)
    {
        Need.Program("skopeo");
        Need.Program("umoci");
        Need.Program("runc");
        Need.That(Environment.IsPrivilegedProcess, "umoci keeps owners only as root");
        var layout = site.Folder.Combine(architecture);
        var bundle = site.Folder.Combine(architecture + "-bundle");
        await RunAsync("skopeo", "copy", "--override-arch", architecture, "--src-tls-verify=false", "docker://" + site.Reference, $"oci:{layout}:1");
        await RunAsync("umoci", "unpack", "--image", layout + ":1", bundle);

        var port = FreePort.Find();
        var specification = Path.Combine(bundle, "config.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(specification, Cancelled))!;
        // The container shares this machine's network, and keeps the limits that it finds.
        var process = config["process"]!.AsObject();
        process.Remove("rlimits");
        process["terminal"] = false;
        process["env"]!.AsArray().Add($"PORT={port}");
        var namespaces = config["linux"]!["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(item => item!["type"]!.GetValue<string>() == "network"));
        if (emulator is not null)
        {
            File.Copy(Need.Program(emulator), Path.Combine(bundle, "rootfs", "emulator"));
            process["args"]!.AsArray().Insert(0, "/emulator");
        }
        await File.WriteAllTextAsync(specification, config.ToJsonString(), Cancelled);

        var name = $"drift-test-{Guid.NewGuid():n}";
        var root = site.Folder.Combine("runc");
        var run = ProcessRun.RunAsync("runc", ["--root", root, "run", "--bundle", bundle, name], cancellationToken: Cancelled);
        try
        {
            await Service.AssertAnswersAsync(port, Cancelled);
        }
        finally
        {
            await ProcessRun.RunAsync("runc", ["--root", root, "kill", name, "TERM"], cancellationToken: Cancelled);
        }
        Assert.Equal(0, (await run).ExitCode);
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(program, arguments, cancellationToken: Cancelled)).EnsureSuccess();
}
