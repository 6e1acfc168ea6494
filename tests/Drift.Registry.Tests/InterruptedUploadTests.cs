// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;
using Drift.Oci;

namespace Drift.Registry.Tests;

public sealed class InterruptedUploadTests : RegistryTest
{
    private readonly byte[] _content = RandomBytes(400_000);

    [Theory]
    [InlineData("PATCH", "Content-Length: 400000\r\nContent-Range: 0-399999")]
    [InlineData("PATCH", "Content-Length: 400000")]
    [InlineData("PUT", "Content-Length: 400000")]
    [InlineData("PATCH", "Transfer-Encoding: chunked")]
    public async Task A_client_that_disconnects_resumes_from_what_arrived(string method, string headers)
    {
        var location = await StartUploadAsync();
        var query = method == "PUT" ? $"?digest={Digest.Of(_content)}" : "";
        using (var client = await OpenAsync(method, location + query, headers))
        {
            if (headers.StartsWith("Transfer", StringComparison.Ordinal)) await client.GetStream().WriteAsync("186A0\r\n"u8.ToArray(), Cancelled);
            await client.GetStream().WriteAsync(_content.AsMemory(0, 100_000), Cancelled);
            await WaitForOffsetAsync(location, 100_000);
        }
        var received = await ResumableOffsetAsync(location);
        Assert.Equal(100_000, received);
        using (var rest = await SendAsync(HttpMethod.Patch, location, _content[received..], contentRange: $"{received}-399999"))
            Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        using var finish = await SendAsync(HttpMethod.Put, $"{location}?digest={Digest.Of(_content)}", []);
        Assert.Equal(HttpStatusCode.Created, finish.StatusCode);
        Assert.Equal(_content, await Client.GetByteArrayAsync(finish.Headers.Location, Cancelled));
    }

    [Fact]
    public async Task A_second_request_to_a_busy_upload_is_refused_and_the_first_one_wins()
    {
        var location = await StartUploadAsync();
        using var first = await OpenAsync("PATCH", location, "Content-Length: 400000\r\nConnection: close");
        await first.GetStream().WriteAsync(_content.AsMemory(0, 200_000), Cancelled);
        await WaitForOffsetAsync(location, 200_000);

        using (var second = await SendAsync(HttpMethod.Patch, location, [1, 2, 3])) Assert.Equal("409 BLOB_UPLOAD_INVALID", await ErrorOf(second));
        using (var third = await SendAsync(HttpMethod.Put, $"{location}?digest={Digest.Of(_content)}", [])) Assert.Equal("409 BLOB_UPLOAD_INVALID", await ErrorOf(third));

        await first.GetStream().WriteAsync(_content.AsMemory(200_000), Cancelled);
        using var reader = new StreamReader(first.GetStream());
        Assert.StartsWith("HTTP/1.1 202", await reader.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
        using var finish = await SendAsync(HttpMethod.Put, $"{location}?digest={Digest.Of(_content)}", []);
        Assert.Equal(HttpStatusCode.Created, finish.StatusCode);
    }

    [Fact]
    public async Task A_client_that_pauses_for_seconds_goes_on()
    {
        var location = await StartUploadAsync();
        using var client = await OpenAsync("PUT", $"{location}?digest={Digest.Of(_content)}", "Content-Length: 400000\r\nConnection: close");
        await client.GetStream().WriteAsync(_content.AsMemory(0, 100), Cancelled);
        await Task.Delay(TimeSpan.FromSeconds(8), Cancelled);
        await client.GetStream().WriteAsync(_content.AsMemory(100), Cancelled);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 201", await reader.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_request_that_is_writing()
    {
        var location = await StartUploadAsync();
        using var writer = await OpenAsync("PATCH", location, "Content-Length: 400000\r\nConnection: close");
        await writer.GetStream().WriteAsync(_content.AsMemory(0, 200_000), Cancelled);
        await WaitForOffsetAsync(location, 200_000);

        using (var cancel = await SendAsync(HttpMethod.Delete, location)) Assert.Equal(HttpStatusCode.NoContent, cancel.StatusCode);
        var buffer = new byte[12];
        await writer.GetStream().ReadExactlyAsync(buffer, Cancelled);
        Assert.Equal("HTTP/1.1 404", Encoding.ASCII.GetString(buffer));
        Assert.Single(FilesIn("uploads"));
    }

    [Fact]
    public async Task A_single_POST_that_breaks_off_leaves_nothing()
    {
        using (var client = await OpenAsync("POST", $"/v2/demo/app/blobs/uploads/?digest={Digest.Of(_content)}", "Content-Length: 400000"))
        {
            await client.GetStream().WriteAsync(_content.AsMemory(0, 100_000), Cancelled);
            await UntilAsync(() => FilesIn("uploads").Length == 2);
        }
        await UntilAsync(() => FilesIn("uploads").Length == 1);
        Assert.Empty(FilesIn("content"));
    }

    [Fact]
    public async Task The_server_stops_quickly_while_a_client_is_writing()
    {
        var location = await StartUploadAsync();
        using var writer = await OpenAsync("PATCH", location, "Content-Length: 400000");
        await writer.GetStream().WriteAsync(_content.AsMemory(0, 100_000), Cancelled);
        await WaitForOffsetAsync(location, 100_000);
        await Server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), Cancelled);
        Assert.Empty(FilesIn("uploads"));
    }

    private async Task<TcpClient> OpenAsync(string method, string target, string headers)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", Server.Port, Cancelled);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n"), Cancelled);
        return client;
    }

    private Task WaitForOffsetAsync(string location, int offset) => UntilAsync(async () =>
    {
        using var status = await SendAsync(HttpMethod.Get, location);
        return Header(status, "Range") == $"0-{offset - 1}";
    });

    // The server may still be noticing that the client is gone: then the upload is busy, which an empty chunk shows.
    private async Task<int> ResumableOffsetAsync(string location)
    {
        await UntilAsync(async () =>
        {
            using var probe = await SendAsync(HttpMethod.Patch, location, []);
            return probe.StatusCode == HttpStatusCode.Accepted;
        });
        using var status = await SendAsync(HttpMethod.Get, location);
        return int.Parse(Header(status, "Range")!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture) + 1;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (await condition()) return;
            await Task.Delay(10, Cancelled);
        }
        Assert.Fail("it did not happen within 5 s");
    }
}
