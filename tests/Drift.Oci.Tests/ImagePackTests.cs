// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Oci.Tests;

public sealed class ImagePackTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static MultiPlatformImage Sample(bool reversed = false)
    {
        (string Path, string Text)[] files = [("/app/server", "program"), ("/etc/site/index.html", "<p>hello"), ("/app/data/a", "a"), ("/app/data/B", "B")];
        if (reversed) Array.Reverse(files);
        return new MultiPlatformImage(new[] { Platform.LinuxAmd64, Platform.LinuxArm64 }.Select(platform => Image.Scratch(platform)
            .WithLayer(FileLayer.Create(layer =>
            {
                foreach (var (path, text) in files) layer.Add(path, ContentSource.FromBytes(Encoding.UTF8.GetBytes(text)), owner: 65532, group: 65532);
                layer.AddSymbolicLink("/app/current", "data");
            }))
            .WithConfig(config => config with { User = "65532:65532", Entrypoint = ["/app/server"], ExposedPorts = ["8080/tcp"] })));
    }

    /// <summary>Golden values: the digests that this version makes. A change of one is a change for every user, and belongs in the changelog.</summary>
    [Theory]
    [InlineData("none", "sha256:3858ba93051e6078911ca6a7d5d3d63dbf3efdf35214c49a85ba972a10fe7d6e")]
    [InlineData("gzip", "sha256:3a8329de540d7ec597ffa90bc6a6ceebbd30000e908d1aefaee4911d99028951")]
    public async Task The_image_has_the_digest_that_it_always_had(string compression, string digest)
    {
        var packed = await Sample().PackAsync(DiscardSink.Instance, new PackOptions { Compression = Parse(compression), Epoch = 1_700_000_000 }, Cancelled);
        Assert.Equal(digest, packed.Descriptor.Digest.ToString());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("none")]
    public async Task The_order_of_adding_and_the_number_of_runs_do_not_matter(string compression)
    {
        var options = new PackOptions { Compression = Parse(compression) };
        var first = await Sample().PackAsync(DiscardSink.Instance, options, Cancelled);
        var second = await Sample(reversed: true).PackAsync(DiscardSink.Instance, options, Cancelled);
        Assert.Equal(first.Descriptor, second.Descriptor);
    }

    [Fact]
    public async Task The_epoch_is_in_the_config_and_in_the_layer()
    {
        var old = await Sample().PackAsync(DiscardSink.Instance, new PackOptions(), Cancelled);
        var recent = await Sample().PackAsync(DiscardSink.Instance, new PackOptions { Epoch = 1_700_000_000 }, Cancelled);
        Assert.Equal("1970-01-01T00:00:00Z", old.Images[0].Config.Created);
        Assert.Equal("2023-11-14T22:13:20Z", recent.Images[0].Config.Created);
        Assert.NotEqual(old.Images[0].Config.Rootfs.DiffIds, recent.Images[0].Config.Rootfs.DiffIds);
    }

    [Fact]
    public async Task Layers_of_other_images_are_taken_as_they_are()
    {
        var packed = await Sample().PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        var layer = new PackedLayer(packed.Images[0].Manifest.Layers[0], packed.Images[0].Config.Rootfs.DiffIds[0]);
        var again = await Image.Scratch(Platform.LinuxAmd64).WithLayer(layer).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        Assert.Equal(packed.Images[0].Manifest.Layers, again.Manifest.Layers);
    }

    [Fact]
    public async Task A_layer_that_platforms_share_is_read_once()
    {
        var reads = 0;
        var layer = FileLayer.Create(files => files.Add("/a", ContentSource.Create(_ =>
        {
            reads++;
            return new(new OpenContent(new MemoryStream([1]), 1));
        })));
        var images = new MultiPlatformImage([Image.Scratch(Platform.LinuxAmd64).WithLayer(layer), Image.Scratch(Platform.LinuxArm64).WithLayer(layer)]);
        var packed = await images.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        Assert.Equal(1, reads);
        Assert.Equal(packed.Images[0].Manifest.Layers, packed.Images[1].Manifest.Layers);
    }

    [Fact]
    public void Misuse_is_told_at_once()
    {
        Assert.Throws<ArgumentException>(() => FileLayer.Create(layer => layer.Add("/a", ContentSource.FromBytes(default)).Add("a/", ContentSource.FromBytes(default))));
        Assert.Throws<ArgumentException>(() => FileLayer.Create(layer => layer.Add("/a", ContentSource.FromBytes(default)).Add("/a/b", ContentSource.FromBytes(default))));
        Assert.Throws<ArgumentException>(() => FileLayer.Create(layer => layer.Add("/a/../b", ContentSource.FromBytes(default))));
        Assert.Throws<ArgumentException>(() => FileLayer.Create(layer => layer.Add("/", ContentSource.FromBytes(default))));
        Assert.Throws<ArgumentException>(() => new MultiPlatformImage([Image.Scratch(Platform.LinuxAmd64), Image.Scratch(Platform.LinuxAmd64)]));
    }

    [Fact]
    public async Task A_file_that_is_gone_when_it_is_packed_is_named()
    {
        var image = Image.Scratch(Platform.LinuxAmd64).WithLayer(FileLayer.Create(layer => layer.Add("/a", "/nonexistent/file")));
        var error = await Assert.ThrowsAsync<DriftException>(async () => await image.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled));
        Assert.Equal(ErrorCode.LayerSource, error.Code);
        Assert.Contains("/nonexistent/file", error.Message, StringComparison.Ordinal);
    }

    private static LayerCompression Parse(string text) => LayerCompression.TryParse(text, out var compression) ? compression : throw new ArgumentException(text);
}
