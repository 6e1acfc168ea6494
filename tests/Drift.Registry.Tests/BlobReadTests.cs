// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class BlobReadTests : RegistryTest
{
    private readonly byte[] _content = RandomBytes(1000);

    [Fact]
    public async Task HEAD_has_the_headers_of_GET()
    {
        var path = $"/v2/demo/app/blobs/{await PushBlobAsync(_content)}";
        using var get = await SendAsync(HttpMethod.Get, path);
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("1000", Header(head, "Content-Length"));
        Assert.Equal("application/octet-stream", Header(head, "Content-Type"));
        Assert.Equal(Digest.Of(_content).ToString(), Header(head, "Docker-Content-Digest"));
        foreach (var name in new[] { "Content-Length", "Content-Type", "Docker-Content-Digest", "Accept-Ranges" }) Assert.Equal(Header(get, name), Header(head, name));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=900-", 900, 100)]
    [InlineData("bytes=900-5000", 900, 100)]
    [InlineData("bytes=-1", 999, 1)]
    [InlineData("bytes=-5000", 0, 1000)]
    [InlineData("bytes=999-999", 999, 1)]
    public async Task Sends_a_range(string range, int offset, int length)
    {
        using var response = await GetRangeAsync(range);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {offset}-{offset + length - 1}/1000", Header(response, "Content-Range"));
        Assert.Equal(_content[offset..(offset + length)], await response.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=5000-6000")]
    [InlineData("bytes=-0")]
    public async Task Refuses_a_range_outside_of_the_blob(string range)
    {
        using var response = await GetRangeAsync(range);
        Assert.Equal("416 RANGE_INVALID", await ErrorOf(response));
        Assert.Equal("bytes */1000", Header(response, "Content-Range"));
    }

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=99999999999999999999-")]
    public async Task Sends_the_whole_when_the_range_is_not_one_that_it_takes(string range)
    {
        using var response = await GetRangeAsync(range);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task A_deleted_blob_is_gone_from_its_repository_only()
    {
        var digest = await PushBlobAsync(_content, "one");
        await PushBlobAsync(_content, "two");
        using (var delete = await SendAsync(HttpMethod.Delete, $"/v2/one/blobs/{digest}")) Assert.Equal(HttpStatusCode.Accepted, delete.StatusCode);
        using (var again = await SendAsync(HttpMethod.Delete, $"/v2/one/blobs/{digest}")) Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(again));
        using (var one = await SendAsync(HttpMethod.Get, $"/v2/one/blobs/{digest}")) Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(one));
        Assert.Equal(_content, await Client.GetByteArrayAsync($"/v2/two/blobs/{digest}", Cancelled));
    }

    private async Task<HttpResponseMessage> GetRangeAsync(string range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v2/demo/app/blobs/{await PushBlobAsync(_content)}");
        request.Headers.TryAddWithoutValidation("Range", range);
        return await Client.SendAsync(request, Cancelled);
    }
}
