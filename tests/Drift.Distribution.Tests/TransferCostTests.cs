// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>What travels and what does not, by the requests that a registry sees.</summary>
public sealed class TransferCostTests : DistributionTest
{
    private const int Large = 100_000;

    [Fact(Timeout = Limit)]
    public async Task A_bases_layer_is_mounted_or_left_where_it_is_and_never_read()
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var packed = await ImageOf(Platform.LinuxAmd64, Large).PackAsync(layout, cancellationToken: Cancelled);
        var layer = packed.Manifest.Layers[0].Digest;
        await using var registry = new ScriptedRegistry()
            .Always("GET /v2/base/manifests/v1", ScriptedReply.Manifest((await layout.ReadManifestAsync(packed.Descriptor, Cancelled)).ToArray()))
            .Always($"GET /v2/base/blobs/{packed.Manifest.Config.Digest}", new ScriptedReply { Body = await ReadAsync(layout, packed.Manifest.Config) })
            .On($"HEAD /v2/app/blobs/{layer}", ScriptedReply.Error(404)).Always($"HEAD /v2/app/blobs/{layer}", new ScriptedReply())
            .On($"POST /v2/app/blobs/uploads/?mount={Uri.EscapeDataString(layer.ToString())}&from=base", new ScriptedReply { Status = 201 })
            .Always("POST /v2/app/blobs/uploads/", ScriptedReply.Upload("/upload/1")).Always("PUT", new ScriptedReply { Status = 201 });
        var source = ScriptedRegistry.Impatient.Open(ImageReference.Parse($"{registry.Host}/base"));
        foreach (var mounts in new[] { 1, 0 })
        {
            var before = registry.Requests.Count;
            var image = (await Image.FromAsync(source, await source.ResolveAsync("v1", Cancelled), Cancelled)).WithLayer(FileLayer.Create(files => files.Add("/new", ContentSource.FromBytes("new"u8.ToArray()))));
            await image.PackAsync(registry.Repository, cancellationToken: Cancelled);
            var requests = registry.Requests.Skip(before).ToArray();
            Assert.Equal(mounts, requests.Count(request => request.Contains("mount=", StringComparison.Ordinal)));
            Assert.DoesNotContain($"GET /v2/base/blobs/{layer}", requests);
            // The new layer and the config are sent.
            Assert.Equal(2, requests.Count(request => request.StartsWith("PUT /upload/1", StringComparison.Ordinal)));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task An_unchanged_image_costs_what_is_small_and_no_layer()
    {
        await using var registry = await QuirkyRegistry.StartAsync(new Quirks("registry.example.com"), Cancelled);
        Task<Descriptor> PushAsync() => WriteAsync($"{registry.Host}/app:v1", async sink => (await TwoPlatforms(Large).PackAsync(sink, cancellationToken: Cancelled)).Descriptor);
        await PushAsync();
        var before = registry.Requests.Count;
        await PushAsync();
        var kinds = registry.Requests.Skip(before).CountBy(request => request.Split('/') is [var method, _, _, var kind, ..] ? $"{method}{kind}" : request).ToDictionary(StringComparer.Ordinal);
        // Two layers are asked for, two configs and three manifests sent, and the tag is set.
        Assert.Equal((2, 2, 6), (kinds["HEAD blobs"], kinds["POST blobs"], kinds["PUT blobs"] + kinds["PUT manifests"]));
        Assert.Equal(10, kinds.Values.Sum());
    }

    [Fact(Timeout = Limit)]
    public async Task Another_tag_costs_one_manifest()
    {
        await using var registry = await QuirkyRegistry.StartAsync(new Quirks("registry.example.com"), Cancelled);
        var root = await WriteIndexAsync($"{registry.Host}/app:v1");
        var repository = ScriptedRegistry.Impatient.Open(ImageReference.Parse($"{registry.Host}/app"));
        var before = registry.Requests.Count;
        foreach (var tag in new[] { "v1.2", "v1.2.3", "latest" }) await repository.TagAsync(root, tag, Cancelled);
        Assert.Equal([$"GET /v2/app/manifests/{root.Digest}", "PUT /v2/app/manifests/v1.2", "PUT /v2/app/manifests/v1.2.3", "PUT /v2/app/manifests/latest"], registry.Requests.Skip(before));
    }

    [Theory(Timeout = Limit)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task As_many_blobs_travel_at_once_as_is_asked_for(int jobs)
    {
        const int Layers = 5;
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        var image = Enumerable.Range(0, Layers).Aggregate(Image.Scratch(Platform.LinuxAmd64), (below, number) => below.WithLayer(FileLayer.Create(files => files.Add($"/{number}", ContentSource.FromBytes("new"u8.ToArray())))));
        var packed = await image.PackAsync(layout, cancellationToken: Cancelled);
        var source = new CrowdedSource(layout, jobs);
        await ImageCopy.CopyAsync(source, packed.Descriptor, await OciLayout.OpenOrCreateAsync(Folder.Combine("copy"), Cancelled), jobs, Cancelled);
        Assert.Equal(jobs, source.Most);
    }

    /// <summary>Opens no blob before as many as are expected are asked for at once.</summary>
    private sealed class CrowdedSource(IImageSource inner, int expected) : IImageSource
    {
        private readonly TaskCompletionSource _isFull = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open;

        public int Most { get; private set; }

        public async ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
        {
            lock (_isFull) Most = Math.Max(Most, ++_open);
            if (Most >= expected) _isFull.TrySetResult();
            await _isFull.Task.WaitAsync(cancellationToken);
            var content = new MemoryStream(await ReadAsync(inner, descriptor));
            lock (_isFull) _open--;
            return content;
        }

        public ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => inner.ReadManifestAsync(descriptor, cancellationToken);
    }
}
