// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>Conversion, and images that are built upon others, through real stores and read by skopeo and umoci.</summary>
public sealed class ImageChangeTests : DistributionTest
{
    private string Layout => Folder.Combine("layout");

    [Fact(Timeout = Limit)]
    public async Task Docker_and_OCI_convert_both_ways_without_touching_config_and_layers()
    {
        var root = await WriteIndexAsync($"oci:{Layout}:v1");
        var layout = await OciLayout.OpenOrCreateAsync(Layout, Cancelled);
        var docker = await ImageConversion.ConvertAsync(layout, root, layout, ImageFormat.Docker, Cancelled);
        Assert.Equal(MediaTypes.DockerIndex, docker.MediaType);
        await layout.TagAsync(docker, "docker", Cancelled);
        var index = OciJson.ReadIndex((await layout.ReadManifestAsync(docker, Cancelled)).Span, "test");
        Assert.All(index.Manifests, entry => Assert.Equal(MediaTypes.DockerManifest, entry.MediaType));
        Assert.Equal(["linux/amd64", "linux/arm64"], index.Manifests.Select(entry => entry.Platform!.ToString()));
        Assert.Equal(docker, await ImageConversion.ConvertAsync(layout, docker, layout, ImageFormat.Docker, Cancelled));
        Assert.Equal(root, await ImageConversion.ConvertAsync(layout, docker, layout, ImageFormat.Oci, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_saved_archive_from_a_Docker_base_is_complete()
    {
        var tools = new[] { Need.Program("skopeo"), Need.Program("umoci") };
        // skopeo writes the base in Docker's format, with its own hands.
        await WriteImageAsync($"oci:{Layout}:v1");
        await RunAsync(tools[0], "--insecure-policy", "copy", "--format", "v2s2", $"oci:{Layout}:v1", $"dir:{Folder.Combine("dir")}");
        var folder = await OciLayout.OpenOrCreateAsync(Folder.Combine("docker"), Cancelled);
        foreach (var file in Directory.EnumerateFiles(Folder.Combine("dir")))
        {
            var bytes = await File.ReadAllBytesAsync(file, Cancelled);
            if (Path.GetFileName(file) != "version") await folder.WriteBlobAsync(Descriptor.Of(MediaTypes.OciLayer, bytes), bytes, Cancelled);
        }
        var manifest = await File.ReadAllBytesAsync(Folder.Combine("dir", "manifest.json"), Cancelled);
        Assert.Contains(MediaTypes.DockerManifest, Encoding.UTF8.GetString(manifest), StringComparison.Ordinal);

        var plan = (await Image.FromAsync(folder, Descriptor.Of(MediaTypes.DockerManifest, manifest), Cancelled))
            .WithLayer(FileLayer.Create(files => files.Add("/app/added", ContentSource.FromBytes("added"u8.ToArray())).AddWhiteout("/app/data")));
        foreach (var (image, name) in new[] { (plan, "appended"), (await RepackedAsync(plan), "flat") })
        {
            await WriteAsync($"oci-archive:{Folder.Combine(name)}.tar:v1", async sink => (await image.PackAsync(sink, cancellationToken: Cancelled)).Descriptor);
            await RunAsync(tools[0], "--insecure-policy", "copy", $"oci-archive:{Folder.Combine(name)}.tar:v1", $"oci:{Folder.Combine(name)}:v1");
            await RunAsync(tools[1], "unpack", "--rootless", "--image", $"{Folder.Combine(name)}:v1", Folder.Combine(name + "-bundle"));
            Assert.Equal(["added"], Directory.EnumerateFileSystemEntries(Folder.Combine(name + "-bundle", "rootfs", "app")).Select(Path.GetFileName));
        }

        async Task<Image> RepackedAsync(Image image)
        {
            var packed = await image.PackAsync(folder, cancellationToken: Cancelled);
            var flat = (await Image.FromAsync(folder, packed.Descriptor, Cancelled)).Flatten();
            Assert.Single(flat.Layers);
            return flat;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Archives_become_layers_as_they_are()
    {
        Folder.Write("in/a", "content");
        await RunAsync("tar", "--create", "--gzip", "-f", Folder.Combine("a.tar.gz"), "-C", Folder.Combine("in"), ".");
        await RunAsync("sh", "-c", $"gzip --decompress --stdout {Folder.Combine("a.tar.gz")} > {Folder.Combine("a.tar")}");
        var diffId = Digest.Of(await File.ReadAllBytesAsync(Folder.Combine("a.tar"), Cancelled));
        foreach (var name in new[] { "a.tar", "a.tar.gz" })
        {
            Assert.Equal(diffId, (await ArchiveLayer.FromFile(Folder.Combine(name)).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled)).DiffId);
        }
        await RunAsync("tar", "--create", "--absolute-names", "-f", Folder.Combine("b.tar"), "-C", Folder.Combine("in"), "--transform=s,^,../,", "a");
        await FailsAsync(ErrorCode.InvalidContent, () => ArchiveLayer.FromFile(Folder.Combine("b.tar")).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled).AsTask());
        await File.WriteAllBytesAsync(Folder.Combine("c.tar"), RandomBytes(3000), Cancelled);
        await FailsAsync(ErrorCode.InvalidContent, () => ArchiveLayer.FromFile(Folder.Combine("c.tar")).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled).AsTask());
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await ProcessRun.RunAsync(program, arguments, cancellationToken: Cancelled)).EnsureSuccess();
}
