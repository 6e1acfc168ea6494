// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>oci-archive and docker-archive: by Drift, and to and from skopeo of Debian.</summary>
public sealed class ArchiveTests : DistributionTest
{
    private string Archive => Folder.Combine("x.tar");

    [Fact(Timeout = Limit)]
    public async Task An_oci_archive_keeps_an_index_byte_for_byte()
    {
        var root = await WriteIndexAsync($"oci-archive:{Archive}:v1");
        Assert.Equal([Archive], Directory.GetFileSystemEntries(Folder.Path));
        Assert.Equal(root.Digest, (await CopyAsync($"oci-archive:{Archive}:v1", $"oci:{Folder.Combine("layout")}:v1")).Digest);
        Assert.Equal(root.Digest, (await CopyAsync($"oci-archive:{Archive}", $"oci-archive:{Folder.Combine("y.tar")}:v1")).Digest);
        Assert.Equal(await File.ReadAllBytesAsync(Archive, Cancelled), await File.ReadAllBytesAsync(Folder.Combine("y.tar"), Cancelled));
    }

    [Theory(Timeout = Limit)]
    [InlineData("oci-archive", "v1")]
    [InlineData("docker-archive", "app:v1")]
    public async Task The_same_image_gives_the_same_file(string transport, string name)
    {
        foreach (var file in new[] { "one/x.tar", "two/y.tar" }) await WriteIndexAsync($"{transport}:{Folder.Combine(file)}:{name}");
        Assert.Equal(await File.ReadAllBytesAsync(Folder.Combine("one/x.tar"), Cancelled), await File.ReadAllBytesAsync(Folder.Combine("two/y.tar"), Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_docker_archive_keeps_one_platform()
    {
        await WriteIndexAsync($"docker-archive:{Archive}:app:v1");
        await using var origin = await ImageOrigin.OpenAsync(ImageLocation.Parse($"docker-archive:{Archive}"), cancellationToken: Cancelled);
        var manifest = OciJson.ReadManifest((await origin.Source.ReadManifestAsync(origin.Root, Cancelled)).Span, "test");
        var expected = await ImageOf(Platform.LinuxAmd64).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        Assert.Equal(expected.Manifest.Config.Digest, manifest.Config.Digest);
        Assert.Equal(expected.Manifest.Layers.Select(layer => (layer.Digest, layer.MediaType)), manifest.Layers.Select(layer => (layer.Digest, layer.MediaType)));
        Assert.Equal(expected.Descriptor.Digest, origin.Root.Digest);
    }

    [Theory(Timeout = Limit)]
    [InlineData("oci-archive", "v1")]
    [InlineData("docker-archive", "app:v1")]
    public async Task Reads_a_compressed_archive(string transport, string name)
    {
        var root = await WriteImageAsync($"{transport}:{Archive}:{name}");
        await File.WriteAllBytesAsync(Archive, TarFile.Gzip(await File.ReadAllBytesAsync(Archive, Cancelled)), Cancelled);
        Assert.Equal(root.Digest, (await CopyAsync($"{transport}:{Archive}", $"oci:{Folder.Combine("layout")}:v1")).Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task Skopeo_reads_what_Drift_writes()
    {
        var root = await WriteImageAsync($"oci-archive:{Archive}:v1");
        AssertContains(root.Digest.ToString(), (await SkopeoAsync("inspect", $"oci-archive:{Archive}:v1")).Output);
        await SkopeoAsync("copy", $"oci-archive:{Archive}", $"oci:{Folder.Combine("a")}:v1");
        Assert.Equal(root.Digest, (await OciLayout.Open(Folder.Combine("a")).ResolveAsync("v1", Cancelled)).Digest);

        await WriteImageAsync($"docker-archive:{Folder.Combine("d.tar")}:localhost:5000/me/app:v1");
        await SkopeoAsync("copy", $"docker-archive:{Folder.Combine("d.tar")}:localhost:5000/me/app:v1", $"oci:{Folder.Combine("b")}:v1");
        var copied = OciLayout.Open(Folder.Combine("b"));
        var manifest = OciJson.ReadManifest((await copied.ReadManifestAsync(await copied.ResolveAsync("v1", Cancelled), Cancelled)).Span, "test");
        Assert.Equal(Platform.LinuxAmd64, OciJson.ReadConfig(await copied.ReadSmallBlobAsync(manifest.Config, Cancelled), "test").Platform);
    }

    [Fact(Timeout = Limit)]
    public async Task Drift_reads_what_skopeo_writes()
    {
        var layout = Folder.Combine("layout");
        var root = await WriteImageAsync($"oci:{layout}:v1");
        await SkopeoAsync("copy", $"oci:{layout}:v1", $"oci-archive:{Archive}:v2");
        Assert.Equal(root.Digest, (await CopyAsync($"oci-archive:{Archive}:v2", $"oci:{layout}:v2")).Digest);

        // skopeo keeps the layers uncompressed, as docker save does; the config, and so the image's ID, stays.
        await SkopeoAsync("copy", $"oci:{layout}:v1", $"docker-archive:{Folder.Combine("d.tar")}:app:v3");
        await CopyAsync($"docker-archive:{Folder.Combine("d.tar")}:app:v3", $"oci:{layout}:v3");
        var store = OciLayout.Open(layout);
        var image = OciJson.ReadManifest((await store.ReadManifestAsync(await store.ResolveAsync("v3", Cancelled), Cancelled)).Span, "test");
        var config = OciJson.ReadConfig(await store.ReadSmallBlobAsync(image.Config, Cancelled), "test");
        Assert.Equal(config.Rootfs.DiffIds, image.Layers.Select(layer => layer.Digest));
    }

    [Fact(Timeout = Limit)]
    public async Task Chooses_an_image_of_a_docker_archive_by_its_name()
    {
        var one = await WriteImageAsync($"docker-archive:{Folder.Combine("1.tar")}:one:v1", seed: 1);
        var two = await WriteImageAsync($"docker-archive:{Folder.Combine("2.tar")}:two:v1", seed: 2);
        var entries = await TarFile.ReadAsync(Folder.Combine("1.tar"));
        var others = await TarFile.ReadAsync(Folder.Combine("2.tar"));
        var list = System.Text.Encoding.UTF8.GetBytes(Text(entries)[..^1] + "," + Text(others)[1..]);
        await File.WriteAllBytesAsync(Archive, await TarFile.OfAsync([.. Blobs(entries), .. Blobs(others), (TarFile.File("manifest.json", list), list)]), Cancelled);

        var to = $"oci:{Folder.Combine("layout")}";
        Assert.Equal(one.Digest, (await CopyAsync($"docker-archive:{Archive}:one:v1", to)).Digest);
        Assert.Equal(two.Digest, (await CopyAsync($"docker-archive:{Archive}:docker.io/library/two:v1", to)).Digest);
        AssertContains("library/one:v1, docker.io/library/two:v1", (await FailsAsync(ErrorCode.NotFound, () => CopyAsync($"docker-archive:{Archive}:three", to))).Hint);
        AssertContains("library/one:v1, docker.io/library/two:v1", (await FailsAsync(ErrorCode.NotFound, () => CopyAsync($"docker-archive:{Archive}", to))).Hint);

        static string Text(List<(TarEntry Entry, byte[] Content)> entries) => System.Text.Encoding.UTF8.GetString(entries.Single(entry => entry.Entry.Path == "manifest.json").Content);

        static IEnumerable<(TarEntry Entry, byte[] Content)> Blobs(List<(TarEntry Entry, byte[] Content)> entries) => entries.Where(entry => entry.Entry.Path.StartsWith("blobs/", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_docker_archive_is_a_layout_of_every_platform()
    {
        var root = await WriteIndexAsync($"docker-archive:{Archive}:app:v1");
        await using (var origin = await ImageOrigin.OpenAsync(ImageLocation.Parse($"oci-archive:{Archive}:v1"), cancellationToken: Cancelled))
        {
            Assert.Equal(root.Digest, origin.Root.Digest);
            Assert.Equal("docker.io/library/app:v1", origin.Root.Annotations!["io.containerd.image.name"]);
        }
        // skopeo reads every blob of every platform, and checks it.
        await SkopeoAsync("copy", "--all", $"oci-archive:{Archive}:v1", $"oci:{Folder.Combine("all")}:v1");
        Assert.Equal(root.Digest, (await OciLayout.Open(Folder.Combine("all")).ResolveAsync("v1", Cancelled)).Digest);
    }

    [Fact(Timeout = Limit)]
    public async Task An_oci_archive_of_one_image_is_a_docker_archive()
    {
        var root = await WriteImageAsync($"oci-archive:{Archive}:v1");
        await using var origin = await ImageOrigin.OpenAsync(ImageLocation.Parse($"docker-archive:{Archive}"), cancellationToken: Cancelled);
        Assert.Equal(root.Digest, origin.Root.Digest);
        await SkopeoAsync("copy", $"docker-archive:{Archive}", $"oci:{Folder.Combine("a")}:v1");
    }

    [Fact(Timeout = Limit)]
    public async Task An_oci_archive_of_several_images_names_none_for_Docker()
    {
        await WriteIndexAsync($"oci-archive:{Archive}:v1");
        Assert.DoesNotContain(await TarFile.ReadAsync(Archive), entry => entry.Entry.Path == "manifest.json");
    }

    [Fact(Timeout = Limit)]
    public async Task Reads_a_layer_that_docker_save_wrote_as_a_link()
    {
        await WriteImageAsync($"docker-archive:{Archive}:app:v1");
        var entries = await TarFile.ReadAsync(Archive);
        var list = entries.Single(entry => entry.Entry.Path == "manifest.json").Content;
        var layer = System.Text.Json.JsonElement.Parse(list)[0].GetProperty("Layers")[0].GetString()!;
        var text = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(list).Replace($"[\"{layer}\"]", $"[\"{layer}\",\"1a/layer.tar\"]", StringComparison.Ordinal));
        await WriteAsync($"../{layer}");
        await using (var origin = await ImageOrigin.OpenAsync(ImageLocation.Parse($"docker-archive:{Archive}"), cancellationToken: Cancelled))
        {
            var manifest = OciJson.ReadManifest((await origin.Source.ReadManifestAsync(origin.Root, Cancelled)).Span, "test");
            Assert.Equal(2, manifest.Layers.Count);
            Assert.Equal(manifest.Layers[0].Digest, manifest.Layers[1].Digest);
        }
        foreach (var target in new[] { "../../etc/passwd", "/etc/passwd", "../1a/layer.tar", Archive })
        {
            await WriteAsync(target);
            AssertContains("it lacks", (await FailsAsync(ErrorCode.InvalidContent, () => ImageOrigin.OpenAsync(ImageLocation.Parse($"docker-archive:{Archive}"), cancellationToken: Cancelled))).Message);
        }

        async Task WriteAsync(string target) => await File.WriteAllBytesAsync(Archive, await TarFile.OfAsync(
        [
            .. entries.Where(entry => entry.Entry.Path != "manifest.json"), (TarFile.File("manifest.json", text), text),
            (new TarEntry { Path = "1a/layer.tar", Type = TarEntryType.SymbolicLink, LinkTarget = target }, []),
        ]), Cancelled);
    }

    private static async Task<ProcessRun> SkopeoAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program("skopeo"), ["--insecure-policy", .. arguments], cancellationToken: Cancelled)).EnsureSuccess();
}
