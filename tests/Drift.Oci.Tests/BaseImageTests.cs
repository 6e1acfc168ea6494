// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Oci.Tests;

/// <summary>Images that are built upon images.</summary>
public sealed class BaseImageTests
{
    private const string DockerConfig = """{"architecture":"amd64","os":"linux","created":"2024-05-01T10:00:00.123456789Z","author":"them","docker_version":"24","config":{"Env":["A=1"],"Entrypoint":["/base"],"Healthcheck":{"Test":["CMD","/probe"],"Interval":30000000000},"OnBuild":["X"]},"rootfs":{"type":"layers","diff_ids":["DIFF1","DIFF2"]},"history":[{"created_by":"one"},{"created_by":"ENV A=1","empty_layer":true},{"created_by":"two","comment":"c"}]}""";
    private readonly MemoryStore _source = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Layers_config_and_history_of_a_Docker_base_are_kept_and_extended()
    {
        var descriptor = await DockerBaseAsync();
        _source.Opened.Clear();
        var plan = await Image.FromAsync(_source, descriptor, Cancelled);
        Assert.Single(_source.Opened); // the config: no layer is read for a plan
        var sink = new MemoryStore();
        var packed = await plan.WithLayer(LayerOf("new", "new"), "COPY new").WithConfig(config => config with { Entrypoint = ["/new"] }).PackAsync(sink, cancellationToken: Cancelled);

        Assert.Equal(3, packed.Manifest.Layers.Count);
        Assert.Equal(MediaTypes.OciManifest, packed.Manifest.MediaType);
        Assert.Equal(MediaTypes.OciConfig, packed.Manifest.Config.MediaType);
        Assert.All(packed.Manifest.Layers, layer => Assert.Equal(MediaTypes.OciLayerGzip, layer.MediaType));
        Assert.All(packed.Manifest.Layers, layer => Assert.True(sink.Blobs.ContainsKey(layer.Digest), "the image is complete"));
        var json = Encoding.UTF8.GetString(sink.Blobs[packed.Manifest.Config.Digest]);
        foreach (var kept in new[] { "\"docker_version\":\"24\"", "\"OnBuild\":[\"X\"]", "\"author\":\"them\"", "\"created\":\"2024-05-01T10:00:00.123456789Z\"", "\"Env\":[\"A=1\"]", "\"Entrypoint\":[\"/new\"]", "\"Healthcheck\":{\"Test\":[\"CMD\",\"/probe\"],\"Interval\":30000000000}", "\"comment\":\"c\"" })
        {
            Assert.Contains(kept, json, StringComparison.Ordinal);
        }
        Assert.Equal(["one", "ENV A=1", "two", "COPY new"], packed.Config.History!.Select(entry => entry.CreatedBy));
        Assert.Equal(TimeSpan.FromSeconds(30), packed.Config.Config!.HealthCheck!.Interval);
    }

    [Fact]
    public async Task A_layer_that_the_sink_has_is_not_read()
    {
        var plan = (await Image.FromAsync(_source, await DockerBaseAsync(), Cancelled)).WithLayer(LayerOf("new", "new"));
        _source.Opened.Clear();
        await plan.PackAsync(_source, cancellationToken: Cancelled);
        await plan.PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        Assert.Empty(_source.Opened);
    }

    [Fact]
    public async Task An_unchanged_OCI_image_keeps_every_byte()
    {
        var packed = await Image.Scratch(Platform.LinuxArm64).WithLayer(LayerOf("a", "1")).WithAuthor("me").PackAsync(_source, cancellationToken: Cancelled);
        // Written by someone who indents: other bytes, the same image.
        var spaced = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_source.Manifests[packed.Descriptor.Digest]).Replace(",", ",\n  ", StringComparison.Ordinal));
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, spaced);
        await _source.WriteManifestAsync(descriptor, spaced, Cancelled);
        var sink = new MemoryStore();
        var again = await (await Image.FromAsync(_source, descriptor, Cancelled)).PackAsync(sink, new PackOptions { Epoch = 5 }, Cancelled);
        Assert.Equal(descriptor, again.Descriptor);
        Assert.Equal(spaced, sink.Manifests[descriptor.Digest]);
        Assert.Equal(_source.Blobs.Keys.Order(Comparer<Digest>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))), sink.Blobs.Keys.Order(Comparer<Digest>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))));
    }

    [Fact]
    public async Task Every_member_of_the_config_is_written_as_Docker_reads_it()
    {
        var packed = await Image.Scratch(Platform.LinuxAmd64)
            .WithAuthor("Ada").WithCreated(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000))
            .WithConfig(config => config with
            {
                Volumes = ["/data", "/cache"], Shell = ["/bin/sh", "-c"], StopSignal = "SIGINT", WorkingDirectory = "/w", Environment = ["A=b"],
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "v" },
                HealthCheck = new HealthCheck { Test = ["CMD", "/probe"], Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromMilliseconds(1.5), Retries = 3 },
            })
            .PackAsync(_source, cancellationToken: Cancelled);
        Assert.Equal("""{"created":"2023-11-14T22:13:20Z","author":"Ada","architecture":"amd64","os":"linux","config":{"Env":["A=b"],"WorkingDir":"/w","Labels":{"k":"v"},"StopSignal":"SIGINT","Volumes":{"/cache":{},"/data":{}},"Healthcheck":{"Test":["CMD","/probe"],"Interval":2000000000,"Timeout":1500000,"Retries":3},"Shell":["/bin/sh","-c"]},"rootfs":{"type":"layers","diff_ids":[]},"history":[]}""",
            Encoding.UTF8.GetString(_source.Blobs[packed.Manifest.Config.Digest]));
    }

    [Fact]
    public async Task Annotations_are_on_the_manifest_the_descriptor_and_the_index()
    {
        static Dictionary<string, string> Of(string value) => new(StringComparer.Ordinal) { ["k"] = value };
        var image = Image.Scratch(Platform.LinuxArm64).WithLayer(LayerOf("a", "1")).WithAnnotations(Of("manifest")).WithDescriptorAnnotations(Of("descriptor"));
        var packed = await new MultiPlatformImage([image]).WithAnnotations(Of("index")).PackAsync(_source, cancellationToken: Cancelled);
        Assert.Equal(("manifest", "descriptor", "index"), (packed.Images[0].Manifest.Annotations!["k"], packed.Index.Manifests[0].Annotations!["k"], packed.Index.Annotations!["k"]));

        var again = await (await MultiPlatformImage.FromAsync(_source, packed.Descriptor, Cancelled)).PackAsync(DiscardSink.Instance, cancellationToken: Cancelled);
        Assert.Equal(packed.Descriptor, again.Descriptor);
    }

    [Fact]
    public async Task An_index_is_changed_on_every_platform_or_filtered()
    {
        var index = await new MultiPlatformImage(new[] { Platform.LinuxAmd64, Platform.LinuxArm64 }.Select(platform => Image.Scratch(platform).WithLayer(LayerOf("a", platform.ToString())))).PackAsync(_source, cancellationToken: Cancelled);
        var plan = await MultiPlatformImage.FromAsync(_source, index.Descriptor, Cancelled);
        var changed = await plan.WithEach(image => image.WithLayer(LayerOf("b", "b"))).PackAsync(_source, cancellationToken: Cancelled);
        Assert.All(changed.Images, image => Assert.Equal(2, image.Manifest.Layers.Count));
        var filtered = await plan.WithPlatforms([Platform.LinuxArm64]).PackAsync(_source, cancellationToken: Cancelled);
        Assert.Equal(index.Index.Manifests[1], Assert.Single(filtered.Index.Manifests));
        var error = Assert.Throws<DriftException>(() => plan.WithPlatforms([Platform.Parse("linux/s390x")]));
        Assert.Equal(ErrorCode.NotFound, error.Code);
        Assert.Contains("linux/amd64, linux/arm64", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_container_image_is_refused()
    {
        var packed = await Image.Scratch(Platform.LinuxAmd64).WithLayer(LayerOf("a", "1")).PackAsync(_source, cancellationToken: Cancelled);
        await FailsAsync(ErrorCode.NotSupported, packed.Manifest with { Config = packed.Manifest.Config with { MediaType = "application/vnd.cncf.helm.config.v1+json" } });
        await FailsAsync(ErrorCode.InvalidContent, packed.Manifest with { Layers = [] });
        var error = await Assert.ThrowsAsync<DriftException>(async () => await Image.FromAsync(_source, packed.Descriptor with { MediaType = MediaTypes.OciIndex }, Cancelled));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
    }

    [Fact]
    public async Task A_rebase_takes_the_new_base_and_keeps_what_is_above()
    {
        var old = await PackedAsync(Image.Scratch(Platform.LinuxAmd64).WithLayer(LayerOf("os", "1"), "old os"));
        var fresh = await PackedAsync(Image.Scratch(Platform.LinuxAmd64).WithLayer(LayerOf("os", "2"), "new os").WithLayer(LayerOf("patch", "2"), "patch"));
        var app = await PackedAsync(old.WithLayer(LayerOf("app", "a"), "app").WithConfig(config => config with { Entrypoint = ["/app"] }));
        var packed = await app.Rebase(old, fresh).PackAsync(_source, cancellationToken: Cancelled);
        Assert.Equal(["new os", "patch", "app"], packed.Config.History!.Select(entry => entry.CreatedBy));
        Assert.Equal(["/app"], packed.Config.Config!.Entrypoint!);
        Assert.Equal([.. fresh.Layers.Cast<PackedLayer>().Select(layer => layer.DiffId), ((PackedLayer)app.Layers[1]).DiffId], packed.Config.Rootfs.DiffIds);

        var error = Assert.Throws<DriftException>(() => app.Rebase(fresh, old));
        Assert.Equal(ErrorCode.NotSupported, error.Code);
        Assert.Contains("layer 1 of 2 is another", error.Message, StringComparison.Ordinal);
        Assert.Contains("layer 3 of 3 is not there", Assert.Throws<DriftException>(() => fresh.Rebase(fresh.WithLayer(LayerOf("x", "x")), old)).Message, StringComparison.Ordinal);
    }

    private static FileLayer LayerOf(string name, string text) => FileLayer.Create(files => files.Add("/" + name, ContentSource.FromBytes(Encoding.UTF8.GetBytes(text))));

    private async Task<Image> PackedAsync(Image image) => await Image.FromAsync(_source, (await image.PackAsync(_source, cancellationToken: Cancelled)).Descriptor, Cancelled);

    private async Task FailsAsync(ErrorCode code, ImageManifest manifest)
    {
        var bytes = OciJson.Write(manifest);
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, bytes);
        await _source.WriteManifestAsync(descriptor, bytes, Cancelled);
        var error = await Assert.ThrowsAsync<DriftException>(async () => await Image.FromAsync(_source, descriptor, Cancelled));
        Assert.Equal(code, error.Code);
        Assert.NotNull(error.Hint);
    }

    private async Task<Descriptor> DockerBaseAsync()
    {
        var layers = new[] { await LayerOf("a", "1").PackAsync(_source, cancellationToken: Cancelled), await LayerOf("b", "2").PackAsync(_source, cancellationToken: Cancelled) };
        var config = Encoding.UTF8.GetBytes(DockerConfig.Replace("DIFF1", layers[0].DiffId.ToString(), StringComparison.Ordinal).Replace("DIFF2", layers[1].DiffId.ToString(), StringComparison.Ordinal));
        var configDescriptor = Descriptor.Of(MediaTypes.DockerConfig, config);
        await _source.WriteBlobAsync(configDescriptor, config, Cancelled);
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.DockerManifest, Config = configDescriptor,
            Layers = [.. layers.Select(layer => layer.Descriptor with { MediaType = MediaTypes.DockerLayerGzip })],
        });
        var descriptor = Descriptor.Of(MediaTypes.DockerManifest, manifest);
        await _source.WriteManifestAsync(descriptor, manifest, Cancelled);
        return descriptor;
    }
}
