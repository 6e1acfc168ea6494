// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>The examples in assembly do what their comments say.</summary>
public sealed class AssemblyExampleTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hello-x86-64", "linux/amd64", "clang", "qemu-x86_64-static")]
    [InlineData("hello-arm64", "linux/arm64", "clang", "qemu-aarch64-static")]
    [InlineData("hello-nasm", "linux/amd64", "nasm", "qemu-x86_64-static")]
    public async Task Is_up_healthy_and_tiny(string example, string platform, string assembler, string emulator)
    {
        Need.Program(assembler);
        Need.Program(emulator);
        var report = await DriftTool.JsonAsync(["up", Folder(example), "--check", "--port", "0", "--platform", platform], Cancelled);
        var built = Assert.Single(report.GetProperty("platforms").EnumerateArray());
        Assert.Equal(platform, built.GetProperty("platform").GetString());
        Assert.InRange(built.GetProperty("imageSize").GetInt64(), 1000, 2000);
    }

    [Theory]
    [InlineData("hello-x86-64", "linux/amd64", "<h1>Hello from x86-64</h1>\n")]
    [InlineData("hello-arm64", "linux/arm64", "<h1>Hello from AArch64</h1>\n")]
    [InlineData("hello-nasm", "linux/amd64", "<h1>Hello from NASM</h1>\n")]
    public async Task Answers_one_request_after_the_other_whatever_clients_do_and_ends_when_it_is_asked(string example, string platform, string page)
    {
        Need.Program("clang");
        Need.Program("nasm");
        Need.Program(platform == "linux/arm64" ? "qemu-aarch64-static" : "qemu-x86_64-static");
        await using var up = await DriftTool.StartAsync(["up", Folder(example), "--port", "0", "--runtime", "namespaces", "--platform", platform], Cancelled);
        var url = new Uri(up.Report.GetProperty("url").GetString()!);

        // One client says nothing, one leaves at once, and one sends less than the name of the path that was asked for before.
        using var silent = await ConnectAsync(url.Port);
        (await ConnectAsync(url.Port)).Dispose();
        using var client = new HttpClient();
        Assert.Equal("OK", await client.GetStringAsync(new Uri(url, "/health"), Cancelled));
        Assert.EndsWith(page, Encoding.ASCII.GetString(await RawHttp.ExchangeAsync(url.Port, "GE", Cancelled)), StringComparison.Ordinal);
        using var answer = await client.GetAsync(new Uri(url, "/anything"), Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(page, await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(130, await up.StopAsync("TERM", Cancelled));
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Cancelled);
        return socket;
    }

    private static string Folder(string example) => ProjectRoot.Combine("examples", example);
}
