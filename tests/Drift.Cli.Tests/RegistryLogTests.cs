// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift registry serve --log</c> and <c>--metrics</c>.</summary>
public sealed class RegistryLogTests : IDisposable
{
    // It would write into a terminal, and make a line of its own.
    private const string HostileAgent = "\u009b31mevil\"} \u2028";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_is_one_object_for_each_request()
    {
        var users = _folder.Combine("users");
        (await DriftTool.RunAsync(["registry", "passwd", users, "alice"], Cancelled, input: "sesame")).EnsureSuccess();
        var lines = await LogAsync("json", "--htpasswd", users, "--anonymous-read");
        Assert.All(lines, line => Assert.DoesNotContain(line, c => c is < ' ' or > '~'));
        var requests = lines.Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(["GET /v2/ 401 ", "GET /v2/ 200 alice", "GET /v2/a\u001b[2J/tags/list 400 alice"], requests.Select(request =>
            $"{Text(request, "method")} {Text(request, "path")} {request.GetProperty("status").GetInt32()} {(request.TryGetProperty("user", out var user) ? user.GetString() : "")}"));
        Assert.Equal(["", HostileAgent, HostileAgent], requests.Select(request => Text(request, "userAgent")));
        Assert.All(requests, request =>
        {
            Assert.Equal("127.0.0.1", Text(request, "client"));
            Assert.InRange(request.GetProperty("seconds").GetDouble(), 1e-6, 60);
            Assert.True(DateTimeOffset.TryParse(Text(request, "time"), CultureInfo.InvariantCulture, out _));
            Assert.NotEmpty(Text(request, "id"));
        });
        Assert.Equal(2, requests[1].GetProperty("sent").GetInt64());
    }

    [Fact]
    public async Task Text_is_one_line_for_each_request_and_moves_no_cursor()
    {
        var users = _folder.Combine("users");
        (await DriftTool.RunAsync(["registry", "passwd", users, "alice"], Cancelled, input: "sesame")).EnsureSuccess();
        var lines = await LogAsync("text", "--htpasswd", users, "--anonymous-read");
        Assert.Matches("^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z 127\\.0\\.0\\.1 - GET /v2/ 401 in=0 out=\\d+ \\d+\\.\\d{3}s $", lines[0]);
        Assert.Matches(" alice GET /v2/a\\?\\[2J/tags/list 400 in=0 out=\\d+ \\d+\\.\\d{3}s \\?31mevil\"} \\?$", lines[2]);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task What_goes_wrong_is_told_without_a_log_too()
    {
        var users = _folder.Combine("users");
        (await DriftTool.RunAsync(["registry", "passwd", users, "alice"], Cancelled, input: "sesame")).EnsureSuccess();
        await using var registry = await StartAsync("--htpasswd", users);
        await File.WriteAllTextAsync(users, "alice:plain\n", Cancelled);
        await Task.Delay(1500, Cancelled);
        await SendAsync(registry, "/v2/", "alice:sesame");
        await registry.StopAsync("TERM", Cancelled);
        Assert.Equal($"error: A changed file cannot be used, and what it said before stays: {users}:1: The line has no bcrypt hash of a cost from 4 to 14, and no other kind is accepted.\n", await registry.Error);
    }

    [Fact]
    public async Task Metrics_and_health_are_answered()
    {
        await using var registry = await StartAsync("--metrics");
        using var client = new HttpClient { BaseAddress = new Uri($"http://{registry.Report.GetProperty("address").GetString()}/") };
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz", Cancelled));
        Assert.Contains("drift_registry_http_requests_total{method=\"GET\",endpoint=\"health\",code=\"200\"} 1\n", await client.GetStringAsync("/metrics", Cancelled), StringComparison.Ordinal);
    }

    private async Task<string[]> LogAsync(string format, params string[] arguments)
    {
        await using var registry = await StartAsync(["--log", format, .. arguments]);
        await SendAsync(registry, "/v2/", credential: null);
        await SendAsync(registry, "/v2/", "alice:sesame", HostileAgent);
        await SendAsync(registry, "/v2/a%1b%5b2J/tags/list", "alice:sesame", HostileAgent);
        await registry.StopAsync("TERM", Cancelled);
        return (await registry.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task<DriftProcess> StartAsync(params string[] arguments) => DriftTool.StartAsync(["registry", "serve", "--port", "0", "--storage", _folder.Combine("registry"), .. arguments], Cancelled);

    private static async Task SendAsync(DriftProcess registry, string path, string? credential, string userAgent = "")
    {
        var port = int.Parse(registry.Address.Split(':')[1], CultureInfo.InvariantCulture);
        var authorization = credential is null ? "" : $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credential))}\r\n";
        var agent = userAgent.Length == 0 ? "" : $"User-Agent: {Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(userAgent))}\r\n";
        await RawHttp.ExchangeAsync(port, $"GET {path} HTTP/1.1\r\nHost: x\r\n{authorization}{agent}Connection: close\r\n\r\n", Cancelled, endSending: false);
    }

    private static string Text(JsonElement request, string member) => request.GetProperty(member).GetString()!;
}
