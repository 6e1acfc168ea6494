// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

public sealed class InspectTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_tree_of_a_site_shows_platforms_config_and_layers()
    {
        var site = "oci:" + _folder.Combine("site");
        (await DriftTool.RunAsync(["build", "-o", site], Cancelled)).EnsureSuccess();
        var run = (await DriftTool.RunAsync(["inspect", site], Cancelled)).EnsureSuccess();
        Assert.Matches("""
            ^index  sha256:[0-9a-f]{64}  [\d,]+ B
            ├─ linux/amd64  sha256:[0-9a-f]{64}  [\d,]+ B
            │     config +\d+ B {24}sha256:[0-9a-f]{64}
            │     created     1970-01-01T00:00:00Z
            │     entrypoint  /server
            │     user        65532:65532
            (│     .*
            )*│     layer 0 +[\d,]+ B  █+ *  sha256:[0-9a-f]{64}  gzip
            └─ linux/arm64  sha256
            """, run.Output);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Equal("", run.Error);

        var one = (await DriftTool.RunAsync(["inspect", site, "--platform", "linux/arm64"], Cancelled)).EnsureSuccess();
        Assert.StartsWith("linux/arm64  sha256:", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("amd64", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_same_facts()
    {
        var site = "oci-archive:" + _folder.Combine("site.tar");
        (await DriftTool.RunAsync(["build", "-o", site], Cancelled)).EnsureSuccess();
        var report = await DriftTool.JsonAsync(["inspect", site, "--files"], Cancelled);
        var root = report.GetProperty("root");
        Assert.Equal("index", root.GetProperty("kind").GetString());
        var images = root.GetProperty("manifests").EnumerateArray().ToArray();
        Assert.Equal(["linux/amd64", "linux/arm64"], images.Select(image => image.GetProperty("platform").GetString()!));
        Assert.Equal("65532:65532", images[0].GetProperty("config").GetProperty("user").GetString());
        var layer = Assert.Single(images[0].GetProperty("layers").EnumerateArray());
        var file = Assert.Single(layer.GetProperty("files").EnumerateArray());
        Assert.Equal(("server", "file", "0755"), (Text(file, "path"), Text(file, "type"), Text(file, "mode")));
        Assert.Equal(images[0].GetProperty("imageSize").GetInt64(), images[0].GetProperty("size").GetInt64() + layer.GetProperty("size").GetInt64() + images[0].GetProperty("config").GetProperty("size").GetInt64());
    }

    [Fact]
    public async Task Files_are_listed_layer_by_layer_with_whiteouts_marked()
    {
        var layout = new LayoutFolder(_folder, "files");
        layout.AddLayer(LayoutFolder.Entry("etc/", type: TarEntryType.Directory, mode: 0b111_101_101), LayoutFolder.Entry("etc/one", "12345", owner: 7), LayoutFolder.Entry("evil\u001b[2J", ""));
        layout.AddLayer(LayoutFolder.Entry("etc/.wh.one"), LayoutFolder.Entry("opt/.wh..wh..opq"), LayoutFolder.Entry("link", type: TarEntryType.SymbolicLink, link: "etc/one"));
        layout.Write();
        var run = (await DriftTool.RunAsync(["inspect", "oci:" + layout.Path, "--files"], Cancelled)).EnsureSuccess();
        var files = run.Output.Split('\n').Where(line => line.StartsWith("     ", StringComparison.Ordinal)).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(
            ["folder 0755 0:0 0 B etc/", "file 0644 7:0 5 B etc/one", "file 0644 0:0 0 B evil?[2J", "whiteout 0644 0:0 0 B etc/.wh.one", "opaque 0644 0:0 0 B opt/.wh..wh..opq", "symlink 0644 0:0 0 B link → etc/one"],
            files);
    }

    [Fact]
    public async Task Attestations_and_what_is_missing_are_named_and_nothing_fails()
    {
        var layout = new LayoutFolder(_folder, "odd");
        layout.AddLayer(LayoutFolder.Entry("app"));
        layout.Write();
        var path = Path.Combine(layout.Path, "index.json");
        var manifest = JsonElement.Parse(await File.ReadAllTextAsync(path, Cancelled)).GetProperty("manifests")[0].GetRawText();
        var inner = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[" + manifest + ","
            + manifest[..^1] + ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}},"
            + "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":5,\"digest\":\"sha256:" + new string('0', 64) + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}}]}";
        var bytes = System.Text.Encoding.UTF8.GetBytes(inner);
        var digest = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        await File.WriteAllBytesAsync(layout.BlobPath(digest), bytes, Cancelled);
        await File.WriteAllTextAsync(path, "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":" + bytes.Length + ",\"digest\":\"" + digest + "\"}]}", Cancelled);
        var run = (await DriftTool.RunAsync(["inspect", "oci:" + layout.Path], Cancelled)).EnsureSuccess();
        Assert.Contains("├─ attestation (unknown/unknown)  sha256:", run.Output, StringComparison.Ordinal);
        Assert.Matches("└─ linux/s390x  sha256:0{64}  5 B\n +problem +oci:.* lacks the blob", run.Output);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
