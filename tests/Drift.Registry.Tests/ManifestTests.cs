// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class ManifestTests : RegistryTest
{
    [Fact]
    public async Task Returns_a_manifest_as_it_was_pushed_by_tag_and_by_digest()
    {
        var manifest = (byte[])[.. await ManifestOfNewBlobsAsync(), .. "\n  "u8];
        using (var put = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", manifest, MediaTypes.OciManifest))
        {
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            Assert.Equal($"/v2/demo/app/manifests/{Digest.Of(manifest)}", Header(put, "Location"));
            Assert.Equal(Digest.Of(manifest).ToString(), Header(put, "Docker-Content-Digest"));
        }
        foreach (var reference in new[] { "v1", Digest.Of(manifest).ToString() })
        {
            using var get = await SendAsync(HttpMethod.Get, $"/v2/demo/app/manifests/{reference}");
            using var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/manifests/{reference}");
            Assert.Equal(manifest, await get.Content.ReadAsByteArrayAsync(Cancelled));
            Assert.Equal(MediaTypes.OciManifest, Header(get, "Content-Type"));
            Assert.Equal(Digest.Of(manifest).ToString(), Header(get, "Docker-Content-Digest"));
            foreach (var name in new[] { "Content-Length", "Content-Type", "Docker-Content-Digest" }) Assert.Equal(Header(get, name), Header(head, name));
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        }
    }

    [Fact]
    public async Task Takes_tags_with_a_push_by_digest()
    {
        var manifest = await ManifestOfNewBlobsAsync();
        var digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(manifest));
        using var put = await SendAsync(HttpMethod.Put, $"/v2/demo/app/manifests/{digest}?tag=v1&tag=v1.2", manifest, MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal("v1, v1.2", Header(put, "OCI-Tag"));
        using var head = await SendAsync(HttpMethod.Head, "/v2/demo/app/manifests/v1.2");
        Assert.Equal(digest, Header(head, "Docker-Content-Digest"));
    }

    [Fact]
    public async Task A_tag_moves()
    {
        await PushImageAsync("v1", seed: 1);
        var second = await PushImageAsync("v1", seed: 2);
        Assert.Equal(second, await Client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled));
    }

    [Fact]
    public async Task Takes_an_index_whose_manifests_are_there_or_missing()
    {
        var child = await PushImageAsync("child");
        var index = OciJson.Write(new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [Descriptor.Of(MediaTypes.OciManifest, child), Descriptor.Of(MediaTypes.OciManifest, RandomBytes(9))],
        });
        using var put = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/all", index, MediaTypes.OciIndex);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(index, await Client.GetByteArrayAsync("/v2/demo/app/manifests/all", Cancelled));
    }

    [Fact]
    public async Task Names_every_blob_that_is_missing()
    {
        byte[] config = RandomBytes(10, 1), layer = RandomBytes(10, 2);
        using var response = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", ManifestOf(config, layer), MediaTypes.OciManifest);
        Assert.Equal("404 MANIFEST_BLOB_UNKNOWN", await ErrorOf(response));
        using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal([Digest.Of(config).ToString(), Digest.Of(layer).ToString()],
            body.RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("detail").GetString()!));
        using var read = await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/v1");
        Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(read));
    }

    [Fact]
    public async Task Does_not_ask_for_layers_that_come_from_elsewhere()
    {
        var config = RandomBytes(10);
        await PushBlobAsync(config);
        var manifest = OciJson.Write(new ImageManifest
        {
            Config = Descriptor.Of(MediaTypes.OciConfig, config),
            Layers = [Descriptor.Of("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", RandomBytes(20))],
        });
        using var response = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", manifest, MediaTypes.DockerManifest);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schemaVersion":1,"name":"x","tag":"y"}""")]
    [InlineData("""{"schemaVersion":2}""")]
    [InlineData("""{"schemaVersion":2,"config":{},"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":{}}""")]
    [InlineData("""{"schemaVersion":2,"manifests":["x"]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"manifests":[]}""")]
    [InlineData("""{"schemaVersion":2,"mediaType":7,"manifests":[]}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[{"digest":"sha256:../../../../etc/passwd","size":1}]}""")]
    public async Task Refuses_what_is_no_manifest(string content)
    {
        using var response = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", Encoding.UTF8.GetBytes(content), MediaTypes.OciIndex);
        Assert.Equal("400 MANIFEST_INVALID", await ErrorOf(response));
    }

    [Fact]
    public async Task Refuses_a_content_type_that_is_not_the_media_type()
    {
        var manifest = await ManifestOfNewBlobsAsync();
        using (var wrong = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", manifest, MediaTypes.DockerManifest))
            Assert.Equal("400 MANIFEST_INVALID", await ErrorOf(wrong));
        using (var withCharset = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", manifest, MediaTypes.OciManifest + "; charset=utf-8"))
            Assert.Equal(HttpStatusCode.Created, withCharset.StatusCode);
        using (var without = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v2", manifest))
            Assert.Equal(HttpStatusCode.Created, without.StatusCode);
        using var head = await SendAsync(HttpMethod.Head, "/v2/demo/app/manifests/v2");
        Assert.Equal(MediaTypes.OciManifest, Header(head, "Content-Type"));
    }

    [Theory]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", "400 DIGEST_INVALID")]
    [InlineData("sha256:0", "400 DIGEST_INVALID")]
    [InlineData(".hidden", "400 TAG_INVALID")]
    [InlineData("a%20b", "400 TAG_INVALID")]
    public async Task Refuses_a_reference_that_is_wrong(string reference, string error)
    {
        using var response = await SendAsync(HttpMethod.Put, $"/v2/demo/app/manifests/{reference}", await ManifestOfNewBlobsAsync(), MediaTypes.OciManifest);
        Assert.Equal(error, await ErrorOf(response));
    }

    [Theory]
    [InlineData("latest")]
    [InlineData(".INVALID")]
    [InlineData("sha256:0")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Says_404_to_a_reference_that_is_not_there(string reference)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/v2/demo/app/manifests/{reference}");
        Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(response));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refuses_five_mebibytes(bool lengthIsUnknown)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v2/demo/app/manifests/v1") { Content = new StreamContent(new MemoryStream(new byte[5 << 20])) };
        request.Headers.TransferEncodingChunked = lengthIsUnknown;
        using var response = await Client.SendAsync(request, Cancelled);
        Assert.Equal("413 MANIFEST_INVALID", await ErrorOf(response));
    }

    [Fact]
    public async Task Takes_a_manifest_just_below_the_limit()
    {
        var manifest = await ManifestOfNewBlobsAsync();
        var padded = (byte[])[.. manifest, .. Enumerable.Repeat((byte)' ', OciJson.MaximumSize - manifest.Length)];
        using var response = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", padded, MediaTypes.OciManifest);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(padded, await Client.GetByteArrayAsync("/v2/demo/app/manifests/v1", Cancelled));
    }

    [Fact]
    public async Task Deleting_a_tag_leaves_the_manifest_and_deleting_the_manifest_takes_its_tags()
    {
        var digest = Digest.Of(await PushImageAsync("v1"));
        await PushImageAsync("v2");
        await PushImageAsync("other", seed: 2);
        using (var tag = await SendAsync(HttpMethod.Delete, "/v2/demo/app/manifests/v1")) Assert.Equal(HttpStatusCode.Accepted, tag.StatusCode);
        using (var head = await SendAsync(HttpMethod.Head, $"/v2/demo/app/manifests/{digest}")) Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        using (var manifest = await SendAsync(HttpMethod.Delete, $"/v2/demo/app/manifests/{digest}")) Assert.Equal(HttpStatusCode.Accepted, manifest.StatusCode);
        using (var again = await SendAsync(HttpMethod.Delete, $"/v2/demo/app/manifests/{digest}")) Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(again));
        Assert.Equal("""{"name":"demo/app","tags":["other"]}""", await Client.GetStringAsync("/v2/demo/app/tags/list", Cancelled));
    }
}
