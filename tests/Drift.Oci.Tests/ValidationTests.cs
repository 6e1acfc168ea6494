// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

/// <summary>Each fault of blobs, documents and configs gives its finding and no other.</summary>
public sealed class ValidationTests
{
    private readonly ValidationImage _image = new();

    [Fact]
    public async Task A_sound_image_has_no_findings()
    {
        await _image.AddLayerAsync(new TarEntry { Path = "app/", Type = TarEntryType.Directory }, ValidationImage.File("app/one"));
        await _image.AddLayerAsync(ValidationImage.File("app/two") with { Size = 300_000 });
        var history = """{"created_by":"a"},{"created_by":"b","empty_layer":true},{"created_by":"c"}""";
        Assert.Empty(await _image.ValidateAsync(_image.Index(_image.Manifest(_image.Config(history)) with { Platform = Platform.LinuxAmd64 })));
    }

    [Fact]
    public async Task A_missing_blob_is_told()
    {
        await _image.AddLayerAsync(ValidationImage.File("a"));
        var manifest = _image.Manifest();
        _image.Remove(_image.Layers[0].Descriptor);
        await AssertAsync(manifest, FindingId.BlobMissing, "layers[0]");
        _image.Remove(manifest);
        await AssertAsync(manifest, FindingId.BlobMissing, "manifest");
    }

    [Fact]
    public async Task A_blob_of_another_digest_or_size_is_told()
    {
        await _image.AddLayerAsync(ValidationImage.File("a"));
        await _image.AddLayerAsync(ValidationImage.File("b"));
        var manifest = _image.Manifest();
        var (first, second) = (_image.Layers[0].Descriptor, _image.Layers[1].Descriptor);
        var bytes = new byte[first.Size];
        _image.Replace(first, bytes);
        _image.Replace(second, [.. ValidationImage.Gzip(await ValidationImage.TarAsync(ValidationImage.File("b"))), 0]);
        var findings = await _image.ValidateAsync(_image.Index(manifest));
        Assert.Equal([(FindingId.BlobDigest, "manifests[0].layers[0]"), (FindingId.BlobSize, "manifests[0].layers[1]")], findings.Select(finding => (finding.Id, finding.Location)));
        Assert.Equal("DRIFT-V0102", findings[0].Code);
        _image.Replace(second, []);
        Assert.Contains(FindingId.BlobSize, (await _image.ValidateAsync(manifest)).Select(finding => finding.Id));
    }

    [Theory]
    [InlineData("{", FindingId.InvalidDocument)]
    [InlineData("[]", FindingId.InvalidDocument)]
    [InlineData("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:0\"]}}", FindingId.InvalidDocument)]
    [InlineData("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"1\"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}", FindingId.DiffIdCount)]
    [InlineData("{\"architecture\":\"\\ud800\",\"os\":\"linux\",\"rootfs\":null}", FindingId.InvalidDocument)]
    public async Task A_config_that_does_not_fit_is_told(string config, FindingId id)
    {
        await _image.AddLayerAsync(ValidationImage.File("a"));
        await AssertAsync(_image.Manifest(config), id, "config");
    }

    [Fact]
    public async Task The_history_has_an_entry_for_each_layer()
    {
        await _image.AddLayerAsync(ValidationImage.File("a"));
        await AssertAsync(_image.Manifest(_image.Config("""{"empty_layer":true}""")), FindingId.HistoryCount, "config");
        await AssertAsync(_image.Manifest(_image.Config("{},{}")), FindingId.HistoryCount, "config");
    }

    [Theory]
    [InlineData("", FindingId.RootUser)]
    [InlineData("0:0", FindingId.RootUser)]
    [InlineData("root", FindingId.RootUser)]
    [InlineData("nobody", FindingId.NamedUser)]
    public async Task The_user_is_noted(string user, FindingId id)
    {
        var image = new ValidationImage { User = user };
        var finding = Assert.Single(await image.ValidateAsync(image.Manifest()));
        Assert.Equal((id, FindingSeverity.Note), (finding.Id, finding.Severity));
    }

    [Fact]
    public async Task Schema_version_and_media_types_are_checked()
    {
        await AssertAsync(_image.Manifest(schemaVersion: 1), FindingId.SchemaVersion, "manifest");
        await AssertAsync(_image.Manifest(type: MediaTypes.OciIndex), FindingId.MediaTypeMismatch, "manifest");
        await AssertAsync(_image.Manifest(configType: MediaTypes.DockerConfig), FindingId.MixedMediaTypes, "manifest");
        await AssertAsync(_image.Manifest(configType: "application/x"), FindingId.UnknownMediaType, "config");
        await AssertAsync(_image.Index(_image.Manifest() with { MediaType = "application/x" }), FindingId.UnknownMediaType, "manifests[0]");
        await AssertAsync(_image.Add("application/y", "{}"), FindingId.UnknownMediaType, "manifest");
    }

    [Fact]
    public async Task Platforms_of_the_index_are_those_of_the_configs()
    {
        await AssertAsync(_image.Index(_image.Manifest() with { Platform = Platform.LinuxArm64 }), FindingId.PlatformMismatch, "manifests[0].config");
        var twice = _image.Manifest() with { Platform = Platform.LinuxAmd64 };
        await AssertAsync(_image.Index(twice, twice), FindingId.DuplicatePlatform, "index");
        await AssertAsync(_image.Index(), FindingId.EmptyIndex, "index");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"schemaVersion\":2,\"\\ud800\":1}")]
    [InlineData("{\"schemaVersion\":2,\"config\":{},\"layers\":[null]}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"a\",\"digest\":\"md5:0\",\"size\":1}]}")]
    public async Task A_document_that_does_not_parse_is_told(string json)
    {
        Assert.Contains(FindingId.InvalidDocument, (await _image.ValidateAsync(_image.Add(MediaTypes.OciManifest, json))).Select(finding => finding.Id));
        Assert.Contains(FindingId.InvalidDocument, (await _image.ValidateAsync(_image.Add(MediaTypes.OciIndex, json))).Select(finding => finding.Id));
    }

    [Fact]
    public async Task Attestations_are_not_taken_for_images()
    {
        _image.AddLayer([1, 2, 3], [1, 2, 3], "application/vnd.in-toto+json");
        var unknown = new Platform { OperatingSystem = "unknown", Architecture = "unknown" };
        Assert.Empty(await _image.ValidateAsync(_image.Index(_image.Manifest() with { Platform = unknown })));
        _image.Replace(_image.Layers[0].Descriptor, [3, 2, 1]);
        await AssertAsync(_image.Index(_image.Manifest() with { Platform = unknown }), FindingId.BlobDigest, "manifests[0].layers[0]");
    }

    [Fact]
    public async Task Limits_are_kept()
    {
        await AssertAsync(_image.Manifest(_image.Config() + new string(' ', OciJson.MaximumSize)), FindingId.DocumentTooLarge, "config");
        var nested = _image.Index(_image.Manifest());
        for (var i = 0; i < 10; i++) nested = _image.Index(nested);
        Assert.Equal(FindingId.IndexTooDeep, Assert.Single(await _image.ValidateAsync(nested)).Id);
        for (var i = 0; i < 128; i++) await _image.AddLayerAsync(ValidationImage.File("a"));
        await AssertAsync(_image.Manifest(), FindingId.TooManyLayers, "config");
    }

    private async Task AssertAsync(Descriptor root, FindingId id, string location)
    {
        var finding = Assert.Single(await _image.ValidateAsync(root));
        Assert.Equal((id, location), (finding.Id, finding.Location));
    }
}
