// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift append</c>, <c>mutate</c>, <c>rebase</c> and <c>flatten</c>, on both platforms of an index; skopeo and umoci read the results.</summary>
public sealed class ImageChangeTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Layout => _folder.Combine("layout");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_image_is_appended_mutated_rebased_and_flattened()
    {
        _folder.Write("site/index.html", "<p>hello");
        _folder.Write("extra/keep", "keep");
        _folder.Write("extra/drop.log", "drop");
        _folder.Write("extra/.dockerignore", "*.log\n.dockerignore\n");
        (await ProcessRun.RunAsync("tar", ["--create", "-f", _folder.Combine("more.tar"), "-C", _folder.Combine("extra"), "drop.log"], cancellationToken: Cancelled)).EnsureSuccess();
        await DriftAsync("build", _folder.Combine("site"), "-o", $"oci:{Layout}:old");
        await DriftAsync("mutate", $"oci:{Layout}:old", "--label", "base=new", "-o", $"oci:{Layout}:base");
        await DriftAsync("append", $"oci:{Layout}:base", "--layer", _folder.Combine("more.tar"), "-o", $"oci:{Layout}:new");

        await DriftAsync("append", $"oci:{Layout}:old", "--layer", $"{_folder.Combine("extra")}:/srv/extra", "--owner", "7:8", "-o", $"oci:{Layout}:appended");
        await DriftAsync("mutate", $"oci:{Layout}:appended", "--env", "A=1", "--env", "B=x=y", "--user", "9", "--workdir", "/srv", "--annotation", "note=hi", "--volume", "/data", "-o", $"oci:{Layout}:mutated");
        await DriftAsync("rebase", $"oci:{Layout}:mutated", "--old-base", $"oci:{Layout}:old", "--new-base", $"oci:{Layout}:new", "-o", $"oci:{Layout}:rebased");
        await DriftAsync("flatten", $"oci:{Layout}:rebased", "-o", $"oci:{Layout}:flat");

        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            var rebased = await InspectAsync("rebased", architecture);
            Assert.Equal(["A=1", "B=x=y"], rebased.GetProperty("config").GetProperty("Env").EnumerateArray().Select(value => value.GetString()));
            Assert.Equal("9", rebased.GetProperty("config").GetProperty("User").GetString());
            Assert.Equal(3, rebased.GetProperty("rootfs").GetProperty("diff_ids").GetArrayLength());
            Assert.Equal(1, (await InspectAsync("flat", architecture)).GetProperty("rootfs").GetProperty("diff_ids").GetArrayLength());
        }
        await DriftAsync("flatten", $"oci:{Layout}:rebased", "--platform", "linux/amd64", "-o", $"docker-archive:{_folder.Combine("flat.tar")}:flat:v1");
        await RunAsync("skopeo", "--insecure-policy", "copy", $"docker-archive:{_folder.Combine("flat.tar")}:flat:v1", $"oci:{_folder.Combine("one")}:v1");
        await RunAsync("umoci", "unpack", "--rootless", "--image", $"{_folder.Combine("one")}:v1", _folder.Combine("bundle"));
        Assert.Equal("keep", await File.ReadAllTextAsync(_folder.Combine("bundle", "rootfs", "srv", "extra", "keep"), Cancelled));
        Assert.Single(Directory.EnumerateFiles(_folder.Combine("bundle", "rootfs", "srv", "extra")));
        Assert.Equal("drop", await File.ReadAllTextAsync(_folder.Combine("bundle", "rootfs", "drop.log"), Cancelled));

        await FailsAsync("DRIFT1007", "does not stand on the old base", "rebase", $"oci:{Layout}:old", "--old-base", $"oci:{Layout}:new", "--new-base", $"oci:{Layout}:old", "-o", $"oci:{Layout}:x");
        await FailsAsync("DRIFT1007", "9 cannot be merged", "flatten", $"oci:{Layout}:old", "--last", "9", "-o", $"oci:{Layout}:x");
        await FailsAsync("DRIFT1002", "neither an archive nor a folder", "append", $"oci:{Layout}:old", "--layer", "nothing", "-o", $"oci:{Layout}:x");
        await FailsAsync("DRIFT1008", "gives no value", "mutate", $"oci:{Layout}:old", "--env", "A", "-o", $"oci:{Layout}:x");
    }

    [Fact]
    public async Task Layers_are_compressed_as_is_asked()
    {
        _folder.Write("site/index.html", "<p>hello");
        _folder.Write("extra/keep", "keep");
        var archive = _folder.Combine("more.tar.zst");
        (await ProcessRun.RunAsync("tar", ["--create", "--zstd", "-f", archive, "-C", _folder.Combine("extra"), "keep"], cancellationToken: Cancelled)).EnsureSuccess();
        await DriftAsync("build", _folder.Combine("site"), "--compression", "none", "-o", $"oci:{Layout}:none");
        await DriftAsync("append", $"oci:{Layout}:none", "--layer", archive, "--compression", "zstd:19", "-o", $"oci:{Layout}:mixed");
        await DriftAsync("flatten", $"oci:{Layout}:mixed", "--compression", "gzip:9", "-o", $"oci:{Layout}:flat");
        Assert.Equal(["tar", "tar+zstd"], await TypesAsync("mixed"));
        Assert.Equal(["tar+gzip"], await TypesAsync("flat"));
        await DriftAsync("validate", $"oci:{Layout}:mixed");
        await DriftAsync("mutate", $"oci:{Layout}:mixed", "--strip", "/keep", "-o", $"oci:{Layout}:stripped");
        Assert.Equal(["tar", "tar+gzip"], await TypesAsync("stripped"));

        async Task<string[]> TypesAsync(string tag)
        {
            await RunAsync("skopeo", "--insecure-policy", "--override-arch", "arm64", "copy", $"oci:{Layout}:{tag}", "dir:" + _folder.Combine(tag));
            var manifest = JsonElement.Parse(await File.ReadAllTextAsync(_folder.Combine(tag, "manifest.json"), Cancelled));
            return [.. manifest.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("mediaType").GetString()!.Split(".v1.")[1])];
        }
    }

    [Fact]
    public async Task Extended_attributes_are_kept_when_asked_for()
    {
        await RunAsync("setfattr", "--name=user.note", "--value=kept", _folder.Write("files/data/file", "x"));
        _folder.Write("files/drift.yaml", "layers: [{ from: data, to: /data, keep-xattrs: true }]");
        await DriftAsync("append", "scratch", "--layer", _folder.Combine("files", "data") + ":/data", "--compression", "none", "-o", $"oci:{Layout}:without");
        await DriftAsync("append", "scratch", "--layer", _folder.Combine("files", "data") + ":/data", "--xattrs", "--compression", "none", "-o", $"oci:{Layout}:appended");
        await DriftAsync("build", _folder.Combine("files"), "--compression", "none", "-o", $"oci:{Layout}:built");
        Assert.Equal("", await NoteAsync("without"));
        Assert.Equal("kept", await NoteAsync("appended"));
        Assert.Equal("kept", await NoteAsync("built"));

        async Task<string> NoteAsync(string tag)
        {
            var root = (await DriftTool.JsonAsync(["inspect", $"oci:{Layout}:{tag}"], Cancelled)).GetProperty("root");
            var image = root.TryGetProperty("manifests", out var manifests) ? manifests[0] : root;
            var layer = image.GetProperty("layers")[0].GetProperty("digest").GetString()!;
            Directory.CreateDirectory(_folder.Combine(tag));
            await RunAsync("tar", "--extract", "--xattrs", "-f", Path.Combine(Layout, "blobs", layer.Replace(':', '/')), "-C", _folder.Combine(tag));
            return (await ProcessRun.RunAsync(Need.Program("getfattr"), ["--only-values", "--absolute-names", "--dump", "--name=user.note", _folder.Combine(tag, "data", "file")], cancellationToken: Cancelled)).Output;
        }
    }

    private static async Task DriftAsync(params string[] arguments) => (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();

    private static async Task FailsAsync(string code, string message, params string[] arguments)
    {
        var run = await DriftTool.RunAsync(arguments, Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith($"error {code}: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
    }

    private async Task<JsonElement> InspectAsync(string tag, string architecture)
    {
        var run = await RunAsync("skopeo", "--insecure-policy", $"--override-arch={architecture}", "inspect", "--config", "--raw", $"oci:{Layout}:{tag}");
        return JsonElement.Parse(run.Output);
    }

    private static async Task<ProcessRun> RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program(program), arguments, cancellationToken: Cancelled)).EnsureSuccess();
}
