// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class BlobMountTests : RegistryTest
{
    [Theory]
    [InlineData("&from=source")]
    [InlineData("")]
    public async Task Mounts_a_blob_of_another_repository(string from)
    {
        var content = RandomBytes(3000);
        var digest = await PushBlobAsync(content, "source");
        using var response = await SendAsync(HttpMethod.Post, $"/v2/target/blobs/uploads/?mount={digest}{from}");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/v2/target/blobs/{digest}", Header(response, "Location"));
        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/target/blobs/{digest}", Cancelled));
    }

    [Theory]
    [InlineData("&from=elsewhere")]
    [InlineData("&from=../source")]
    [InlineData("&from=SOURCE")]
    public async Task Opens_an_upload_when_the_blob_is_not_there(string from)
    {
        var digest = await PushBlobAsync(RandomBytes(3000), "source");
        using var response = await SendAsync(HttpMethod.Post, $"/v2/target/blobs/uploads/?mount={digest}{from}");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        using var read = await SendAsync(HttpMethod.Get, $"/v2/target/blobs/{digest}");
        Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(read));
    }

    [Fact]
    public async Task Opens_an_upload_when_the_digest_is_none()
    {
        using var response = await SendAsync(HttpMethod.Post, "/v2/target/blobs/uploads/?mount=../../etc&from=source");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await PushBlobAsync(RandomBytes(3), "target");
        Assert.Equal(Digest.Of(RandomBytes(3)).Hex, Path.GetFileName(FilesIn("content").Single()));
    }
}
