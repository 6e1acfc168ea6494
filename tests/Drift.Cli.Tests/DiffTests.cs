// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using Drift.TestKit;

namespace Drift.Cli.Tests;

public sealed class DiffTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Equal_images_give_no_output_and_exit_code_0()
    {
        var site = "oci:" + _folder.Combine("site");
        var archive = "docker-archive:" + _folder.Combine("site.tar");
        (await DriftTool.RunAsync(["build", "-o", site], Cancelled)).EnsureSuccess();
        (await DriftTool.RunAsync(["build", "-o", archive, "--platform", "linux/amd64"], Cancelled)).EnsureSuccess();
        var run = (await DriftTool.RunAsync(["diff", site, archive, "--platform", "linux/amd64"], Cancelled)).EnsureSuccess();
        Assert.Equal("", run.Output);
        Assert.True((await DriftTool.JsonAsync(["diff", site, site], Cancelled)).GetProperty("equal").GetBoolean());
        Assert.Equal(7, (await DriftTool.RunAsync(["diff", site, archive, "--platform", "linux/arm64"], Cancelled)).ExitCode);
    }

    [Fact]
    public async Task Files_are_compared_as_the_layers_give_them_together()
    {
        var a = new LayoutFolder(_folder, "a");
        a.AddLayer(LayoutFolder.Entry("etc/gone", "12345"), LayoutFolder.Entry("same", "same"), LayoutFolder.Entry("content", "aa"), LayoutFolder.Entry("mode", "x"),
            LayoutFolder.Entry("owner", "x"), LayoutFolder.Entry("type", "x"), LayoutFolder.Entry("opaque/old", "x"));
        a.Write();
        var b = new LayoutFolder(_folder, "b");
        b.AddLayer(LayoutFolder.Entry("etc/gone", "12345"), LayoutFolder.Entry("content", "bbbb"), LayoutFolder.Entry("mode", "x", 0b111_101_101),
            LayoutFolder.Entry("owner", "x", owner: 5), LayoutFolder.Entry("opaque/old", "x"));
        b.AddLayer(LayoutFolder.Entry("etc/.wh.gone"), LayoutFolder.Entry("same", "same"), LayoutFolder.Entry("type", type: TarEntryType.SymbolicLink, link: "same"),
            LayoutFolder.Entry("opaque/new", "yy"), LayoutFolder.Entry("opaque/.wh..wh..opq"));
        b.Write("arm64");

        var run = await DriftTool.RunAsync(["diff", "oci:" + a.Path, "oci:" + b.Path], Cancelled);
        Assert.Equal(7, run.ExitCode);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Where(line => !line.Contains("sha256:", StringComparison.Ordinal));
        Assert.Equal(
            ["config", "~ architecture: \"amd64\" → \"arm64\"", "~ config.Env.ARCH: amd64 → arm64", "layers", "files", "~ +2 B /content (content)", "- -5 B /etc/gone", "~ 0 B /mode (mode)",
             "+ +2 B /opaque/new", "- -1 B /opaque/old", "~ 0 B /owner (owner)", "~ -1 B /type (type, link)", "1 added, 2 removed, 4 changed, -3 B"],
            lines);
    }

    [Fact]
    public async Task Common_lowest_layers_are_not_read()
    {
        var a = new LayoutFolder(_folder, "a");
        a.AddLayer(LayoutFolder.Entry("base", "base"));
        a.Write();
        var b = new LayoutFolder(_folder, "b");
        b.AddLayer(LayoutFolder.Entry("base", "base"));
        b.AddLayer(LayoutFolder.Entry("new", "abc"), LayoutFolder.Entry(".wh.base"));
        b.Write();
        foreach (var layout in new[] { a, b }) File.Delete(layout.BlobPath((string)layout.Layers[0].Descriptor["digest"]!));

        var run = await DriftTool.RunAsync(["diff", "oci:" + a.Path, "oci:" + b.Path, "--json"], Cancelled);
        Assert.Equal((7, ""), (run.ExitCode, run.Error));
        var report = System.Text.Json.JsonElement.Parse(run.Output);
        Assert.Equal(1, report.GetProperty("commonLayers").GetInt32());
        Assert.Equal(["same", "added"], report.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("change").GetString()!));
        Assert.Equal(["base removed 0", "new added 3"], report.GetProperty("files").EnumerateArray().Select(file => $"{file.GetProperty("path")} {file.GetProperty("change")} {file.GetProperty("delta")}"));
    }
}
