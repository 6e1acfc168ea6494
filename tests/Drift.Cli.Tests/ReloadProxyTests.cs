// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>What stands before a watched service passes all on as it is.</summary>
[Collection(DotNetAppsDefinition.Name)]
public sealed class ReloadProxyTests(DotNetApps apps) : IDisposable
{
    private const string Program = """
        var app = WebApplication.CreateBuilder(args).Build();
        app.MapGet("/health", () => "OK");
        app.MapGet("/", () => Results.Content("<h1>page</h1>", "text/html"));
        app.MapGet("/target/{**rest}", (HttpContext context) => context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget);
        app.MapMethods("/echo", ["POST", "PUT", "DELETE"], async (HttpContext context) =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers["X-Host"] = context.Request.Host.Value;
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            await context.Response.WriteAsync(context.Request.Method + " " + context.Request.Headers["X-Mine"] + " " + context.Request.ContentType + " ");
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        app.MapGet("/stream", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await Task.Delay(-1, context.RequestAborted);
        });
        app.Map("/socket", async (HttpContext context) =>
        {
            // As a WebSocket is made, without the checksum that needs a library.
            context.Response.Headers.Upgrade = "echo";
            await using var stream = await context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpUpgradeFeature>()!.UpgradeAsync();
            await stream.CopyToAsync(stream);
        });
        app.Run();
        """;

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_but_pages_of_a_browser_pass_through_as_they_are()
    {
        _folder.Write("app/Echo.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup></Project>""");
        _folder.Write("app/Program.cs", Program);
        await DotNetPublish.RunAsync(_folder.Combine("app"), _folder.Combine("out"), "-r", DotNetPublish.ThisRuntime, "--self-contained");
        await using var up = DriftTool.Start(["up", _folder.Combine("out"), "--base", apps.Base, "--watch", "--port", "0", "--runtime", "namespaces"]);
        var url = new Uri((await up.ReadLineAsync(" answers (", Cancelled)).Split(' ')[0]);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });

        using var posted = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/echo")) { Content = new StringContent(new string('x', 3_000_000), Encoding.ASCII, "text/x-mine"), Headers = { { "X-Mine", "mine" } } };
        using var echo = await client.SendAsync(posted, Cancelled);
        Assert.Equal(418, (int)echo.StatusCode);
        Assert.Equal(url.Authority, echo.Headers.GetValues("X-Host").Single());
        Assert.Equal(["a=1", "b=2"], echo.Headers.GetValues("Set-Cookie"));
        Assert.Equal("POST mine text/x-mine; charset=us-ascii " + new string('x', 3_000_000), await echo.Content.ReadAsStringAsync(Cancelled));

        const string Odd = "/target/a%2Fb//c%41?q=%20+%zz";
        Assert.Equal(Odd, await client.GetStringAsync(new Uri(url.GetLeftPart(UriPartial.Authority) + Odd, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), Cancelled));
        Assert.Equal("<h1>page</h1>", await client.GetStringAsync(url, Cancelled));
        using var missing = await client.GetAsync(new Uri(url, "/.drift/else"), Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        // What an answer has so far comes before it ends.
        await using var stream = await client.GetStreamAsync(new Uri(url, "/stream"), Cancelled);
        var start = new byte[5];
        await stream.ReadExactlyAsync(start, Cancelled);
        Assert.Equal("first"u8.ToArray(), start);

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, url.Port, Cancelled);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /socket HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"), Cancelled);
        var accepted = await ReadAsync("\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", accepted, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: echo\r\n", accepted, StringComparison.Ordinal);
        foreach (var word in new[] { "hello", "again" })
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(word), Cancelled);
            Assert.Equal(word, await ReadAsync(word));
        }
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancelled));
        Assert.Equal(130, await up.StopAsync("INT", Cancelled));

        async Task<string> ReadAsync(string end)
        {
            var text = new StringBuilder();
            var buffer = new byte[1000];
            while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && await socket.ReceiveAsync(buffer, Cancelled) is > 0 and var read) text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            return text.ToString();
        }
    }
}
