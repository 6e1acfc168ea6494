// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using System.Text;

namespace Drift.Registry.Tests;

/// <summary>Requests that no client library would send, written to the socket as they are.</summary>
public sealed class HostileRequestTests : RegistryTest
{
    private static readonly string LongName = new('a', 300);

    public static TheoryData<string> Names =>
    [
        "..", "../..", "a/../../b", "%2e%2e", "%2e%2e/%2e%2e", "a%2fb", "a%2F..%2Fb", "..%5c..", "A", "Demo", "a//b", "a/", "_blobs", "a/_tags",
        "a..b", "-a", ".a", "a%00", "a%0d%0aX-Evil:1", "%C3%A9", "a%20b", "a*", "~", "con%3a", LongName,
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_name_touches_nothing(string name)
    {
        string[] answers =
        [
            await AnswerAsync("POST", $"/v2/{name}/blobs/uploads/"),
            await AnswerAsync("PUT", $"/v2/{name}/manifests/latest"),
            await AnswerAsync("GET", $"/v2/{name}/tags/list"),
            await AnswerAsync("GET", $"/v2/demo/manifests/{name}"),
            await AnswerAsync("DELETE", $"/v2/demo/manifests/{name}"),
            await AnswerAsync("GET", $"/v2/demo/blobs/{name}"),
            await AnswerAsync("GET", $"/v2/demo/blobs/uploads/{name}"),
        ];
        // Every answer is an error, or the ping's, which "/v2/demo/blobs/../.." is another way to write.
        Assert.All(answers, answer => Assert.True(answer[0] == '4' || answer.EndsWith("\r\n\r\n{}", StringComparison.Ordinal), answer));
        Assert.Empty(FilesIn("content"));
        Assert.Empty(FilesIn("repositories"));
        Assert.Equal(["registry"], Directory.GetFileSystemEntries(Folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Names_the_error_of_a_name()
    {
        foreach (var name in new[] { "Demo", "a..b", LongName, "a%2fb" })
        {
            using var response = await SendAsync(HttpMethod.Get, $"/v2/{name}/tags/list");
            Assert.Equal("400 NAME_INVALID", await ErrorOf(response));
        }
    }

    [Fact]
    public async Task A_name_of_255_characters_works()
    {
        var name = new string('a', 255);
        await PushImageAsync(new string('t', 128), name);
        Assert.Contains("ttt", await Client.GetStringAsync($"/v2/{name}/tags/list", Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v2/ HTTP/9.9\r\n\r\n")]
    [InlineData("GET  /v2/ HTTP/1.1\r\n\r\n")]
    [InlineData("PATCH /v2/demo/blobs/uploads/1 HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("PATCH /v2/demo/blobs/uploads/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("\0\0\0\0\r\n\r\n")]
    public async Task Refuses_what_is_not_HTTP_and_goes_on(string request)
    {
        var answer = await ExchangeAsync(request);
        Assert.True(answer.Length == 0 || answer.Split(' ')[1][0] is '4' or '5', answer);
        await PushImageAsync();
    }

    private async Task<string> AnswerAsync(string method, string target) =>
        (await ExchangeAsync($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))["HTTP/1.1 ".Length..];

    private async Task<string> ExchangeAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Server.Port, Cancelled);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancelled);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Cancelled);
    }
}
