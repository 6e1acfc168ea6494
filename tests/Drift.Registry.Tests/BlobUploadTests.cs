// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class BlobUploadTests : RegistryTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task Takes_a_blob_in_one_PUT(int size)
    {
        var content = RandomBytes(size);
        var digest = Digest.Of(content);
        using var response = await SendAsync(HttpMethod.Put, $"{await StartUploadAsync()}?digest={digest}", content);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/v2/demo/app/blobs/{digest}", Header(response, "Location"));
        Assert.Equal(digest.ToString(), Header(response, "Docker-Content-Digest"));
        Assert.Equal(content, await Client.GetByteArrayAsync(response.Headers.Location, Cancelled));
    }

    [Fact]
    public async Task Takes_a_blob_in_one_POST()
    {
        var content = RandomBytes(5000);
        using var response = await SendAsync(HttpMethod.Post, $"/v2/demo/app/blobs/uploads/?digest={Digest.Of(content)}", content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(content, await Client.GetByteArrayAsync(response.Headers.Location, Cancelled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_sha512_whether_told_at_the_start_or_at_the_end(bool atTheStart)
    {
        var content = RandomBytes(700_000);
        var digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(content));
        using var start = await SendAsync(HttpMethod.Post, "/v2/demo/app/blobs/uploads/" + (atTheStart ? "?digest-algorithm=sha512" : ""));
        using var response = await SendAsync(HttpMethod.Put, $"{start.Headers.Location}?digest={digest}", content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Refuses_content_of_another_digest_and_keeps_none_of_it(string method)
    {
        var digest = Digest.Of(RandomBytes(10));
        var location = method == "POST" ? "/v2/demo/app/blobs/uploads/" : await StartUploadAsync();
        using (var response = await SendAsync(new HttpMethod(method), $"{location}?digest={digest}", RandomBytes(11)))
            Assert.Equal("400 DIGEST_INVALID", await ErrorOf(response));

        using var read = await SendAsync(HttpMethod.Get, $"/v2/demo/app/blobs/{digest}");
        Assert.Equal("404 BLOB_UNKNOWN", await ErrorOf(read));
        Assert.Empty(FilesIn("content"));
        Assert.Single(FilesIn("uploads")); // The lock.
        if (method == "PUT")
        {
            using var status = await SendAsync(HttpMethod.Get, location);
            Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await ErrorOf(status));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?digest=")]
    [InlineData("?digest=sha256:12")]
    [InlineData("?digest=md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("?digest=sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public async Task Refuses_to_finish_without_a_digest_that_it_knows(string query)
    {
        var location = await StartUploadAsync();
        using var response = await SendAsync(HttpMethod.Put, location + query, RandomBytes(10));
        Assert.Equal("400 DIGEST_INVALID", await ErrorOf(response));
        // The client's slip costs it nothing: the upload is as it was.
        using var status = await SendAsync(HttpMethod.Get, location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
    }

    [Fact]
    public async Task An_upload_belongs_to_its_repository()
    {
        var location = await StartUploadAsync("demo/app");
        using var other = await SendAsync(HttpMethod.Patch, location.Replace("demo/app", "demo/other", StringComparison.Ordinal), RandomBytes(10));
        Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await ErrorOf(other));
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone()
    {
        var location = await StartUploadAsync();
        using (var patch = await SendAsync(HttpMethod.Patch, location, RandomBytes(100_000))) Assert.Equal(HttpStatusCode.Accepted, patch.StatusCode);
        Assert.Equal(2, FilesIn("uploads").Length);

        using (var cancel = await SendAsync(HttpMethod.Delete, location)) Assert.Equal(HttpStatusCode.NoContent, cancel.StatusCode);
        Assert.Single(FilesIn("uploads"));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete, HttpMethod.Patch })
        {
            using var later = await SendAsync(method, location);
            Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await ErrorOf(later));
        }
    }

    [Fact]
    public async Task Stores_a_blob_once_and_shows_it_only_where_it_was_pushed()
    {
        var content = RandomBytes(2000);
        var digest = await PushBlobAsync(content, "one");
        using (var hidden = await SendAsync(HttpMethod.Head, $"/v2/two/blobs/{digest}")) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);

        await PushBlobAsync(content, "two");
        using (var shown = await SendAsync(HttpMethod.Head, $"/v2/two/blobs/{digest}")) Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Single(FilesIn("content"));
    }

    [Fact]
    public async Task Pushing_again_repairs_a_file_that_was_cut_on_disk()
    {
        var content = RandomBytes(2000);
        var digest = await PushBlobAsync(content);
        using (var file = File.OpenHandle(FilesIn("content").Single(), FileMode.Open, FileAccess.Write)) RandomAccess.SetLength(file, 7);
        await PushBlobAsync(content);
        Assert.Equal(content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
    }
}
