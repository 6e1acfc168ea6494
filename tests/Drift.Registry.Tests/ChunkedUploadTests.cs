// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class ChunkedUploadTests : RegistryTest
{
    private readonly byte[] _content = RandomBytes(300_000);

    [Fact]
    public async Task Takes_chunks_in_order()
    {
        var location = await StartUploadAsync();
        for (var offset = 0; offset < _content.Length; offset += 100_000)
        {
            using var chunk = await SendChunkAsync(location, offset, offset + 100_000);
            Assert.Equal(HttpStatusCode.Accepted, chunk.StatusCode);
            Assert.Equal($"0-{offset + 99_999}", Header(chunk, "Range"));
            location = chunk.Headers.Location!.ToString();
        }
        await FinishAsync(location, []);
    }

    [Fact]
    public async Task Takes_the_last_chunk_with_the_PUT()
    {
        var location = await StartUploadAsync();
        using (var chunk = await SendChunkAsync(location, 0, 200_000)) Assert.Equal(HttpStatusCode.Accepted, chunk.StatusCode);
        await FinishAsync(location, _content[200_000..], "200000-299999");
    }

    [Fact]
    public async Task Appends_a_body_of_unknown_length_without_Content_Range()
    {
        var location = await StartUploadAsync();
        using var request = new HttpRequestMessage(HttpMethod.Patch, location) { Content = new StreamContent(new MemoryStream(_content)) };
        request.Headers.TransferEncodingChunked = true;
        using (var response = await Client.SendAsync(request, Cancelled)) Assert.Equal("0-299999", Header(response, "Range"));
        await FinishAsync(location, []);
    }

    [Theory]
    [InlineData("200000-299999")] // A gap.
    [InlineData("0-99999")] // Sent before.
    [InlineData("50000-149999")] // Half of it sent before.
    [InlineData("bytes=100000-199999")]
    [InlineData("199999-100000")]
    [InlineData("100000-")]
    [InlineData("-5-10")]
    [InlineData("100000-99999999999999999999")]
    public async Task Refuses_a_chunk_that_does_not_follow_and_goes_on_after_it(string contentRange)
    {
        var location = await StartUploadAsync();
        using (var first = await SendChunkAsync(location, 0, 100_000)) Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        using (var wrong = await SendAsync(HttpMethod.Patch, location, _content[..100_000], contentRange: contentRange))
        {
            Assert.Equal("416 BLOB_UPLOAD_INVALID", await ErrorOf(wrong));
            Assert.Equal("0-99999", Header(wrong, "Range"));
            Assert.Equal(location, Header(wrong, "Location"));
        }
        using (var status = await SendAsync(HttpMethod.Get, location))
        {
            Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
            Assert.Equal("0-99999", Header(status, "Range"));
            Assert.Equal(location, Header(status, "Location"));
        }
        using (var second = await SendChunkAsync(location, 100_000, 300_000)) Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        await FinishAsync(location, []);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refuses_a_chunk_longer_than_its_range(bool lengthIsUnknown)
    {
        var location = await StartUploadAsync();
        using var request = new HttpRequestMessage(HttpMethod.Patch, location) { Content = new StreamContent(new MemoryStream(_content)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Range", "0-999");
        request.Headers.TransferEncodingChunked = lengthIsUnknown;
        using (var response = await Client.SendAsync(request, Cancelled)) Assert.Equal("400 SIZE_INVALID", await ErrorOf(response));

        // Of a body whose length is not told, the range's own bytes have arrived by then; the status says so.
        using var status = await SendAsync(HttpMethod.Get, location);
        var received = lengthIsUnknown ? 1000 : 0;
        Assert.Equal($"0-{Math.Max(received - 1, 0)}", Header(status, "Range"));
        await FinishAsync(location, _content[received..]);
    }

    [Fact]
    public async Task Forgets_an_upload_that_rests_too_long()
    {
        await using var server = await RegistryServer.StartAsync(
            new RegistryOptions { StorageDirectory = Folder.Combine("short"), UploadIdleTimeout = TimeSpan.Zero }, Cancelled);
        Client.BaseAddress = null;
        async Task<HttpResponseMessage> StartAsync() => await Client.PostAsync(new Uri(server.Address, "/v2/demo/blobs/uploads/"), content: null, Cancelled);
        using var first = await StartAsync();
        using var second = await StartAsync();
        using var status = await Client.GetAsync(new Uri(server.Address, first.Headers.Location!), Cancelled);
        Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await ErrorOf(status));
    }

    private Task<HttpResponseMessage> SendChunkAsync(string location, int begin, int end) =>
        SendAsync(HttpMethod.Patch, location, _content[begin..end], contentRange: $"{begin}-{end - 1}");

    private async Task FinishAsync(string location, byte[] rest, string? contentRange = null)
    {
        var digest = Digest.Of(_content);
        using var response = await SendAsync(HttpMethod.Put, $"{location}?digest={digest}", rest, contentRange: contentRange);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(_content, await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled));
    }
}
