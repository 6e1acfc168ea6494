// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Oci.Tests;

/// <summary>Each fault of a layer's compression and of its tar gives its finding and no other.</summary>
public sealed class ValidationLayerTests
{
    private readonly ValidationImage _image = new();

    [Fact]
    public async Task A_layer_that_is_not_the_one_of_the_config_is_told()
    {
        _image.AddLayer(await ValidationImage.TarAsync(ValidationImage.File("a")), ValidationImage.Gzip(await ValidationImage.TarAsync(ValidationImage.File("b"))));
        await AssertAsync(FindingId.DiffId, FindingSeverity.Error);
    }

    [Fact]
    public async Task A_truncated_layer_is_told_wherever_it_is_cut()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a") with { Size = 5000 }, ValidationImage.File("b"));
        var whole = ValidationImage.Gzip(tar);
        for (var length = 0; length < whole.Length; length += length < whole.Length - 20 ? 7 : 1)
        {
            var image = new ValidationImage();
            image.AddLayer(tar, whole[..length]);
            var finding = Assert.Single(await image.ValidateAsync(image.Manifest()));
            Assert.Equal((FindingId.CompressionTruncated, length), (finding.Id, length));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(100_000)]
    public async Task What_follows_the_gzip_data_is_told(int count)
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a"));
        _image.AddLayer(tar, [.. ValidationImage.Gzip(tar), .. new byte[count]]);
        await AssertAsync(FindingId.CompressionTrailing, FindingSeverity.Error);
    }

    [Fact]
    public async Task Several_gzip_members_are_one_layer()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a") with { Size = 200_000 });
        _image.AddLayer(tar, [.. ValidationImage.Gzip(tar[..1000]), .. ValidationImage.Gzip(tar[1000..]), .. ValidationImage.Gzip([])]);
        Assert.Empty(await _image.ValidateAsync(_image.Manifest()));
    }

    [Fact]
    public async Task A_damaged_layer_is_told()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a"));
        var gzip = ValidationImage.Gzip(tar);
        gzip[^6] ^= 1;
        _image.AddLayer(tar, gzip);
        await AssertAsync(FindingId.CompressionDamaged, FindingSeverity.Error);
    }

    [Theory]
    [InlineData("application/vnd.oci.image.layer.v1.tar+lz4", FindingId.UnknownMediaType)]
    [InlineData("application/x", FindingId.UnknownMediaType)]
    public async Task A_layer_that_cannot_be_read_is_told(string mediaType, FindingId id)
    {
        _image.AddLayer([1], [2], mediaType);
        await AssertAsync(id, FindingSeverity.Warning);
    }

    [Fact]
    public async Task A_plain_layer_is_read()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a"));
        _image.AddLayer(tar, tar, MediaTypes.OciLayer);
        Assert.Empty(await _image.ValidateAsync(_image.Manifest()));
        _image.AddLayer(tar[..600], tar[..600], MediaTypes.OciLayer);
        Assert.Equal((FindingId.TarDamaged, "layers[1]"), Assert.Single((await _image.ValidateAsync(_image.Manifest())).Select(finding => (finding.Id, finding.Location))));
    }

    [Fact]
    public async Task What_follows_the_archive_is_told()
    {
        var tar = await ValidationImage.TarAsync(ValidationImage.File("a"));
        _image.AddLayer([.. tar, .. new byte[10240]]);
        Assert.Empty(await _image.ValidateAsync(_image.Manifest()));
        var hiding = new ValidationImage();
        hiding.AddLayer([.. tar, .. Encoding.ASCII.GetBytes("hidden")]);
        Assert.Equal(FindingId.TarTrailing, Assert.Single(await hiding.ValidateAsync(hiding.Manifest())).Id);
    }

    [Theory]
    [InlineData("/etc/passwd", TarEntryType.File, "", FindingId.TarAbsolutePath, FindingSeverity.Warning)]
    [InlineData("a/../../b", TarEntryType.File, "", FindingId.TarParentPath, FindingSeverity.Error)]
    [InlineData("a/b", TarEntryType.SymbolicLink, "../../etc", FindingId.TarLinkLeavesRoot, FindingSeverity.Warning)]
    [InlineData("a", TarEntryType.HardLink, "../etc/shadow", FindingId.TarLinkLeavesRoot, FindingSeverity.Error)]
    [InlineData("dev/sda", TarEntryType.BlockDevice, "", FindingId.TarDevice, FindingSeverity.Warning)]
    [InlineData("first", TarEntryType.File, "", FindingId.TarDuplicate, FindingSeverity.Warning)]
    [InlineData("./first/", TarEntryType.Directory, "", FindingId.TarDuplicate, FindingSeverity.Warning)]
    [InlineData("link/file", TarEntryType.File, "", FindingId.TarThroughLink, FindingSeverity.Error)]
    public async Task An_entry_that_is_not_safe_is_told(string path, TarEntryType type, string link, FindingId id, FindingSeverity severity)
    {
        await _image.AddLayerAsync(ValidationImage.File("first"), new TarEntry { Path = "link", Type = TarEntryType.SymbolicLink, LinkTarget = "/etc" },
            new TarEntry { Path = path, Type = type, LinkTarget = link });
        await AssertAsync(id, severity);
    }

    [Fact]
    public async Task Ordinary_links_are_fine()
    {
        await _image.AddLayerAsync(new TarEntry { Path = "usr/lib/", Type = TarEntryType.Directory }, new TarEntry { Path = "lib", Type = TarEntryType.SymbolicLink, LinkTarget = "usr/lib" },
            new TarEntry { Path = "etc/mtab", Type = TarEntryType.SymbolicLink, LinkTarget = "../proc/mounts" }, ValidationImage.File("usr/lib/a"),
            new TarEntry { Path = "usr/lib/b", Type = TarEntryType.HardLink, LinkTarget = "usr/lib/a" });
        Assert.Empty(await _image.ValidateAsync(_image.Manifest()));
    }

    [Fact]
    public async Task Many_findings_are_counted_and_long_paths_cut()
    {
        await _image.AddLayerAsync(Enumerable.Range(0, 100).Select(i => ValidationImage.File("/" + i)));
        var bag = new FindingBag();
        await ImageValidator.ValidateAsync(_image, _image.Manifest(), bag, TestContext.Current.CancellationToken);
        Assert.Equal((FindingBag.MaximumOfOne, 80), (bag.Sorted().Count, bag.LeftOut));
        var image = new ValidationImage();
        await image.AddLayerAsync(ValidationImage.File(new string('a', 5000)));
        Assert.Equal(FindingId.TarPathTooLong, Assert.Single(await image.ValidateAsync(image.Manifest())).Id);
    }

    private async Task AssertAsync(FindingId id, FindingSeverity severity)
    {
        var finding = Assert.Single(await _image.ValidateAsync(_image.Manifest()));
        Assert.Equal((id, severity, "layers[0]"), (finding.Id, finding.Severity, finding.Location));
        Assert.NotEmpty(finding.Message);
    }
}
