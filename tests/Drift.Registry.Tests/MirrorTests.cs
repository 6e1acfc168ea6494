// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>A mirror of Debian's registry.</summary>
public sealed class MirrorTests : RegistryTest
{
    private DebianRegistry? _upstream;

    protected override RegistryOptions Options => base.Options with { Upstream = _upstream?.Address, Metrics = true };

    public override async ValueTask InitializeAsync()
    {
        _upstream = await DebianRegistry.StartAsync(Cancelled);
        await base.InitializeAsync();
    }

    protected override async ValueTask StopMoreAsync()
    {
        if (_upstream is not null) await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Fetches_an_image_once_and_serves_it_when_upstream_is_gone()
    {
        var manifest = await PushUpstreamAsync("v1", seed: 1);
        await PullAsync("v1", manifest);
        await _upstream!.DisposeAsync();
        await PullAsync("v1", manifest);
        await PullAsync(Digest.Of(manifest).ToString(), manifest);
        var metrics = PrometheusDocument.Parse(await Client.GetStringAsync("/metrics", Cancelled));
        var misses = metrics["drift_registry_mirror_requests_total{result=\"miss\"}"];
        Assert.Equal(2 * misses, metrics["drift_registry_mirror_requests_total{result=\"hit\"}"]);
        Assert.Equal(3, misses);
        Assert.Equal("""{"name":"demo/app","tags":["v1"]}""", await Client.GetStringAsync("/v2/demo/app/tags/list", Cancelled));

        using var unknown = await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/v2");
        Assert.Equal("502 UNKNOWN", await ErrorOf(unknown));
        using var blob = await SendAsync(HttpMethod.Get, $"/v2/demo/app/blobs/{Digest.Of(RandomBytes(3))}");
        Assert.Equal("502 UNKNOWN", await ErrorOf(blob));
    }

    [Fact]
    public async Task The_page_shows_what_is_kept()
    {
        var manifest = await PushUpstreamAsync("v1", seed: 1);
        Assert.Contains($"docker pull 127.0.0.1:{Server.Port}/NAME:TAG", await Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        await PullAsync("v1", manifest);
        Assert.Contains("/r/demo/app", await Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
        Assert.Contains("An image, 1.1 KiB compressed", await Client.GetStringAsync("/r/demo/app:v1", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follows_a_tag_that_moves_and_one_that_goes()
    {
        await PullAsync("v1", await PushUpstreamAsync("v1", seed: 1));
        var second = await PushUpstreamAsync("v1", seed: 2);
        await PullAsync("v1", second);
        using var upstream = new HttpClient { BaseAddress = _upstream!.Address };
        using (var delete = await upstream.DeleteAsync($"/v2/demo/app/manifests/{Digest.Of(second)}", Cancelled)) Assert.Equal(HttpStatusCode.Accepted, delete.StatusCode);
        using var gone = await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/v1");
        Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(gone));
    }

    [Fact]
    public async Task Says_404_to_what_upstream_does_not_have()
    {
        using var manifest = await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/v1");
        Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(manifest));
        using var blob = await SendAsync(HttpMethod.Get, $"/v2/demo/app/blobs/{Digest.Of(RandomBytes(3))}");
        Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(blob));
        Assert.Single(FilesIn("uploads"));
    }

    [Fact]
    public async Task Many_clients_at_once_get_a_large_blob_that_is_fetched_once()
    {
        var content = RandomBytes(20_000_000);
        var path = $"/v2/demo/app/blobs/{await PushUpstreamBlobAsync(content)}";
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (i % 4 == 3) request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(1000, 1999);
            using var response = await Client.SendAsync(request, Cancelled);
            Assert.Equal(i % 4 == 3 ? content[1000..2000] : content, await response.Content.ReadAsByteArrayAsync(Cancelled));
        }));
        Assert.Single(FilesIn("content"));
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal("20000000", Header(head, "Content-Length"));
    }

    [Fact]
    public async Task A_client_that_leaves_does_not_stop_the_fetch()
    {
        var content = RandomBytes(50_000_000);
        var digest = await PushUpstreamBlobAsync(content);
        using (await Client.GetAsync($"/v2/demo/app/blobs/{digest}", HttpCompletionOption.ResponseHeadersRead, Cancelled))
        {
            // Its body is not read.
        }
        for (var attempt = 0; FilesIn("content").Length == 0 && attempt < 500; attempt++) await Task.Delay(20, Cancelled);
        await _upstream!.DisposeAsync();
        Assert.Equal(digest, Digest.Of(await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled)));
    }

    [Fact]
    public async Task HEAD_of_a_blob_is_answered_without_fetching_it()
    {
        var digest = await PushUpstreamBlobAsync(RandomBytes(5000));
        using var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/blobs/{digest}");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("5000", Header(head, "Content-Length"));
        Assert.Empty(FilesIn("content"));
    }

    [Fact]
    public async Task A_blob_that_is_not_what_its_digest_says_is_never_whole()
    {
        var content = RandomBytes(300_000);
        var digest = await PushUpstreamBlobAsync(content);
        var damaged = (byte[])[.. content[..^1], (byte)(content[^1] ^ 1)];
        await _upstream!.ReplaceBlobAsync(digest.Hex, damaged);
        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
        Assert.Empty(FilesIn("content"));
        Assert.Single(FilesIn("uploads"));
    }

    [Fact]
    public async Task Its_clients_may_only_read()
    {
        using var response = await SendAsync(HttpMethod.Post, "/v2/demo/app/blobs/uploads/");
        Assert.Equal("405 UNSUPPORTED", await ErrorOf(response));
    }

    [Fact]
    public async Task Lists_the_tags_of_upstream()
    {
        foreach (var tag in new[] { "a", "b", "c" }) await PushUpstreamAsync(tag, seed: 1);
        using var body = System.Text.Json.JsonDocument.Parse(await Client.GetStringAsync("/v2/demo/app/tags/list", Cancelled));
        Assert.Equal(["a", "b", "c"], body.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).Order(StringComparer.Ordinal));
    }

    private async Task PullAsync(string reference, byte[] manifest)
    {
        Assert.Equal(manifest, await Client.GetByteArrayAsync($"/v2/demo/app/manifests/{reference}", Cancelled));
        var image = OciJson.ReadManifest(manifest, "it");
        foreach (var blob in image.Layers.Append(image.Config))
            Assert.Equal(blob.Digest, Digest.Of(await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{blob.Digest}", Cancelled)));
    }

    private async Task<byte[]> PushUpstreamAsync(string tag, int seed)
    {
        byte[] config = RandomBytes(100, seed), layer = RandomBytes(1000, seed);
        await PushUpstreamBlobAsync(config);
        await PushUpstreamBlobAsync(layer);
        var manifest = ManifestOf(config, layer);
        using var client = new HttpClient { BaseAddress = _upstream!.Address };
        using var content = new ByteArrayContent(manifest) { Headers = { ContentType = new(MediaTypes.OciManifest) } };
        (await client.PutAsync($"/v2/demo/app/manifests/{tag}", content, Cancelled)).EnsureSuccessStatusCode();
        return manifest;
    }

    private async Task<Digest> PushUpstreamBlobAsync(byte[] content)
    {
        using var client = new HttpClient { BaseAddress = _upstream!.Address };
        using var start = (await client.PostAsync("/v2/demo/app/blobs/uploads/", null, Cancelled)).EnsureSuccessStatusCode();
        using var put = await client.PutAsync($"{start.Headers.Location}&digest={Digest.Of(content)}", new ByteArrayContent(content), Cancelled);
        put.EnsureSuccessStatusCode();
        return Digest.Of(content);
    }
}
