// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary><c>/metrics</c>, <c>/healthz</c> and the log of requests.</summary>
public sealed class OperationTests : RegistryTest
{
    private readonly ConcurrentQueue<RegistryRequest> _log = new();

    protected override RegistryOptions Options => base.Options with { Metrics = true, RequestLog = _log.Enqueue, Quota = 1_000_000, ShutdownTimeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Metrics_count_what_happened()
    {
        var manifest = await PushImageAsync();
        var layer = RandomBytes(1000);
        await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{Digest.Of(layer)}", Cancelled);
        await Client.GetByteArrayAsync("/v2/demo/app/manifests/latest", Cancelled);
        using (await SendAsync(HttpMethod.Get, "/v2/demo/app/manifests/missing"))
        using (await SendAsync(HttpMethod.Head, "/v2/demo/app/manifests/latest")) await StartUploadAsync();

        var metrics = await ReadAsync();
        Assert.Equal(1, metrics["drift_registry_http_requests_total{method=\"PUT\",endpoint=\"manifest\",code=\"201\"}"]);
        Assert.Equal(1, metrics["drift_registry_http_requests_total{method=\"GET\",endpoint=\"manifest\",code=\"404\"}"]);
        Assert.Equal(3, metrics["drift_registry_http_requests_total{method=\"POST\",endpoint=\"upload\",code=\"202\"}"]);
        Assert.Equal(4, metrics["drift_registry_http_request_duration_seconds_count{endpoint=\"manifest\"}"]);
        Assert.Equal(4, metrics["drift_registry_http_request_duration_seconds_bucket{endpoint=\"manifest\",le=\"+Inf\"}"]);
        Assert.Equal(1, metrics["drift_registry_http_requests_in_flight"]);
        Assert.Equal(1, metrics["drift_registry_uploads_open"]);
        Assert.Equal(3, metrics["drift_registry_storage_blobs"]);
        Assert.Equal(1_000_000, metrics["drift_registry_quota_bytes"]);
        var stored = FilesIn("content").Sum(path => new FileInfo(path).Length);
        Assert.Equal(stored, metrics["drift_registry_storage_bytes"]);
        Assert.Equal(stored, metrics["drift_registry_received_bytes_total"]);
        Assert.InRange(metrics["drift_registry_sent_bytes_total"], manifest.Length + layer.Length, manifest.Length + layer.Length + 200);
        Assert.True(metrics["process_resident_memory_bytes"] > 1e6);
        Assert.True(metrics["process_start_time_seconds"] > 1e9);
    }

    [Fact]
    public async Task What_clients_write_makes_no_labels()
    {
        await ReadAsync();
        var before = (await ReadAsync()).Values.Count;
        for (var i = 0; i < 50; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod($"X{i}"), $"/{i}\"x\"");
            using (await Client.SendAsync(request, Cancelled)) using (await SendAsync(HttpMethod.Get, $"/v2/team{i}/tags/list"))
            {
            }
        }
        var metrics = await ReadAsync();
        // One more endpoint for each of both, with its histogram, and no more.
        Assert.InRange(metrics.Values.Count, before + 1, before + 2 * (1 + Histogram()));
        Assert.DoesNotContain(metrics.Values.Keys, series => series.Contains("team", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_is_logged_with_what_was_sent()
    {
        var content = RandomBytes(300_000);
        var digest = await PushBlobAsync(content);
        Client.DefaultRequestHeaders.UserAgent.ParseAdd("test/1.0");
        await Client.GetByteArrayAsync($"/v2/demo/app/blobs/{digest}", Cancelled);
        await UntilAsync(() => _log.Count >= 3);
        Assert.Collection(_log.OrderBy(request => request.Time),
            post => Assert.Equal(("POST", 202, 0, 0), (post.Method, post.Status, post.Received, post.Sent)),
            put => Assert.Equal(("PUT", 201, 300_000, 0), (put.Method, put.Status, put.Received, put.Sent)),
            get =>
            {
                Assert.Equal(("GET", $"/v2/demo/app/blobs/{digest}", 200, 0, 300_000), (get.Method, get.Path, get.Status, get.Received, get.Sent));
                Assert.Equal((IPAddress.Loopback, null, "test/1.0"), (get.Client, get.User, get.UserAgent));
                Assert.InRange(get.Duration, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
            });
        Assert.Equal(3, _log.DistinctBy(request => request.Id).Count());
    }

    [Fact]
    public async Task Health_is_the_storages()
    {
        Assert.Equal("200 ok", await HealthAsync());
        var session = Assert.Single(Directory.GetDirectories(Folder.Combine("registry", "uploads")));
        Directory.Move(session, session + ".away");
        await UntilHealthAsync("503 the storage cannot be written");
        Directory.Move(session + ".away", session);
        await UntilHealthAsync("200 ok");
        Assert.Empty(Directory.GetFiles(session));
    }

    [Fact]
    public async Task While_it_drains_it_is_not_healthy()
    {
        using var check = await BeginAsync("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        using var push = await BeginAsync($"POST /v2/demo/blobs/uploads/?digest={Digest.Of("0123456789"u8)} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nConnection: close\r\n\r\n01234");
        await UntilAsync(() => FilesIn("uploads").Length == 2); // It is under way, and what was sent before is there.
        var stopped = Server.DisposeAsync().AsTask();
        await UntilRefusedAsync();
        var answer = await EndAsync(check, "\r\n");
        Assert.True(answer.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal) && answer.EndsWith("\r\n\r\ndraining\n", StringComparison.Ordinal), answer);
        Assert.StartsWith("HTTP/1.1 201 ", await EndAsync(push, "56789"), StringComparison.Ordinal);
        await stopped;
    }

    private static int Histogram() => 10 + 3;

    private async Task<string> HealthAsync()
    {
        using var response = await SendAsync(HttpMethod.Get, "/healthz");
        return $"{(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(Cancelled)).TrimEnd('\n')}";
    }

    private async Task UntilHealthAsync(string expected)
    {
        for (var attempt = 0; await HealthAsync() is var health && health != expected; attempt++)
        {
            Assert.True(attempt < 200, health);
            await Task.Delay(50, Cancelled);
        }
    }

    private async Task<PrometheusDocument> ReadAsync()
    {
        using var response = await SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", Header(response, "Content-Type"));
        return PrometheusDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
    }

    private async Task<Socket> BeginAsync(string request)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Server.Port, Cancelled);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), Cancelled);
        return socket;
    }

    private static async Task<string> EndAsync(Socket socket, string rest)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(rest), Cancelled);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        for (int read; (read = await socket.ReceiveAsync(buffer, Cancelled)) > 0;) answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return answer.ToString();
    }

    private async Task UntilRefusedAsync()
    {
        for (var attempt = 0; attempt < 200; attempt++, await Task.Delay(20, Cancelled))
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, Server.Port, Cancelled);
            }
            catch (SocketException)
            {
                return;
            }
        }
        Assert.Fail("It goes on listening.");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var attempt = 0; !condition(); attempt++)
        {
            Assert.InRange(attempt, 0, 500);
            await Task.Delay(10, Cancelled);
        }
    }
}
