// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class QuotaTests : RegistryTest
{
    protected override RegistryOptions Options => base.Options with { Quota = 10_000 };

    [Theory]
    [InlineData("POST", false)]
    [InlineData("PUT", false)]
    [InlineData("PATCH", false)]
    [InlineData("PATCH", true)]
    public async Task What_does_not_fit_is_refused_with_the_sizes_and_leaves_nothing(string method, bool lengthIsUnknown)
    {
        await PushBlobAsync(RandomBytes(4000));
        var content = RandomBytes(6001, 2);
        var location = method == "POST" ? "/v2/demo/app/blobs/uploads/" : await StartUploadAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), method == "PATCH" ? location : $"{location}?digest={Digest.Of(content)}") { Content = new StreamContent(new MemoryStream(content)) };
        request.Headers.TransferEncodingChunked = lengthIsUnknown;
        using var response = await Client.SendAsync(request, Cancelled);
        Assert.Equal("403 DENIED", await ErrorOf(response));
        var message = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(Cancelled)).GetProperty("errors")[0].GetProperty("message").GetString();
        if (!lengthIsUnknown) Assert.Equal("the registry's quota is 10,000 bytes: 4,000 are in use, and 6,001 more do not fit", message);
        // Some of it may have been taken before the rest came.
        else Assert.Matches("^the registry's quota is 10,000 bytes: [4-9],[0-9]{3} are in use, and [0-9,]+ more do not fit$", message);
        Assert.Single(FilesIn("content"));
        Assert.Single(FilesIn("uploads")); // The lock.

        await PushBlobAsync(RandomBytes(6000, 2)); // What fits exactly, fits still.
    }

    [Fact]
    public async Task Counts_what_is_there_once_and_also_after_a_restart()
    {
        await PushBlobAsync(RandomBytes(5000));
        await PushBlobAsync(RandomBytes(5000), "other"); // Stored once.
        await PushBlobAsync(RandomBytes(1000, 6));
        await RestartAsync();
        using (var refused = await PostAsync(RandomBytes(4001, 2))) Assert.Equal("403 DENIED", await ErrorOf(refused));
        // A part of an upload counts until it is given up.
        var location = await StartUploadAsync();
        using (var patch = await SendAsync(HttpMethod.Patch, location, RandomBytes(3000, 3))) Assert.Equal(HttpStatusCode.Accepted, patch.StatusCode);
        using (var refused = await PostAsync(RandomBytes(1001, 4))) Assert.Equal("403 DENIED", await ErrorOf(refused));
        using (var cancel = await SendAsync(HttpMethod.Delete, location)) Assert.Equal(HttpStatusCode.NoContent, cancel.StatusCode);
        using (var taken = await PostAsync(RandomBytes(4000, 5))) Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task A_manifest_that_does_not_fit_is_refused_and_its_tag_is_not_set()
    {
        var manifest = await ManifestOfNewBlobsAsync();
        await PushBlobAsync(RandomBytes(10_000 - 1000 - 110, 3));
        using var put = await SendAsync(HttpMethod.Put, "/v2/demo/app/manifests/v1", manifest, MediaTypes.OciManifest);
        Assert.Equal("403 DENIED", await ErrorOf(put));
        using var read = await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/v1");
        Assert.Equal("404 MANIFEST_UNKNOWN", await ErrorOf(read));
    }

    private Task<HttpResponseMessage> PostAsync(byte[] content) => SendAsync(HttpMethod.Post, $"/v2/demo/app/blobs/uploads/?digest={Digest.Of(content)}", content);
}
