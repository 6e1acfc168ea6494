// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;
using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>Clients that are slow or take too much, from 127.0.0.2, while one from 127.0.0.1 pulls as if there were none.</summary>
public sealed class GreedyClientTests : RegistryTest
{
    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2");

    // Ten times what the limits here take, and less than what the standard ones take.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private readonly List<Socket> _sockets = [];

    protected override RegistryOptions Options => base.Options with
    {
        Limits = new RegistryLimits
        {
            ConnectionsPerClient = 100,
            Uploads = 30,
            UploadsPerRepository = 20,
            UploadsPerClient = 25,
            HeaderTimeout = TimeSpan.FromSeconds(2),
            IdleTimeout = TimeSpan.FromSeconds(2),
            MinimumRate = 1_000_000,
            SlowGrace = TimeSpan.FromSeconds(2),
        },
    };

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_left_and_can_be_resumed()
    {
        var location = await StartUploadAsync();
        var socket = await ConnectAsync($"PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
        var answer = ReadToEndAsync(socket);
        await WhilePullingAsync(async () =>
        {
            while (!answer.IsCompleted)
            {
                await TrySendAsync(socket, "x");
                await Task.WhenAny(answer, Task.Delay(200, Cancelled));
            }
        });
        Assert.StartsWith("HTTP/1.1 408 ", await answer, StringComparison.Ordinal);
        using var status = await SendAsync(HttpMethod.Get, location);
        Assert.Equal(HttpStatusCode.NoContent, status.StatusCode);
        Assert.NotEqual("0-0", Header(status, "Range"));
    }

    [Fact]
    public async Task A_head_that_does_not_end_is_left()
    {
        var silent = await ConnectAsync("");
        var slow = await ConnectAsync("GET /v2/ HTTP/1.1\r\nHost: x\r\nX: ");
        await WhilePullingAsync(async () =>
        {
            Assert.Equal("", await ReadToEndAsync(silent));
            Assert.StartsWith("HTTP/1.1 408 ", await ReadToEndAsync(slow), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Who_does_not_read_its_answer_is_left()
    {
        var digest = await PushBlobAsync(new byte[50_000_000]);
        var socket = await ConnectAsync($"GET /v2/demo/app/blobs/{digest} HTTP/1.1\r\nHost: x\r\n\r\n", receiveBuffer: 4096);
        // The connection is gone when its own counting says so: nothing of it may be read before.
        await WhilePullingAsync(() => UntilAsync(() => !IsConnected(((IPEndPoint)socket.LocalEndPoint!).Port)));
        Assert.InRange((await ReadToEndAsync(socket)).Length, 0, 40_000_000);
    }

    [Fact]
    public async Task A_thousand_idle_connections_are_a_hundred()
    {
        await using var server = await StartAsync(new RegistryLimits { ConnectionsPerClient = 100 });
        await WhilePullingAsync(async () =>
        {
            var ends = new List<Task<string>>();
            var sockets = new List<Socket>();
            for (var i = 0; i < 1000; i++)
            {
                sockets.Add(await ConnectAsync("", port: server.Port));
                ends.Add(ReadToEndAsync(sockets[i]));
            }
            await UntilAsync(() => ends.Count(end => end.IsCompleted) == 900);
            sockets.ForEach(socket => socket.Dispose());
            // They count no more.
            for (var answer = ""; answer.Length == 0;) answer = await ReadToEndAsync(await ConnectAsync("GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port: server.Port));
            Assert.All(ends.Where(end => end.IsCompleted), end => Assert.True(end.IsCompletedSuccessfully));
        }, server);
    }

    [Fact]
    public async Task There_are_so_many_connections_and_no_more()
    {
        await using var server = await StartAsync(new RegistryLimits { Connections = 10 });
        var ends = new List<Task<string>>();
        for (var i = 0; i < 30; i++) ends.Add(ReadToEndAsync(await ConnectAsync("", port: server.Port)));
        await UntilAsync(() => ends.Count(end => end.IsCompleted) == 20);
    }

    [Fact]
    public async Task Uploads_that_nobody_ends_are_bounded_for_a_repository_a_client_and_all()
    {
        await WhilePullingAsync(async () =>
        {
            for (var i = 0; i < 20; i++) Assert.StartsWith("HTTP/1.1 202 ", await OpenAsync("greedy/one"), StringComparison.Ordinal);
            var refused = await OpenAsync("greedy/one");
            Assert.StartsWith("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
            Assert.Contains("Retry-After: 30\r\n", refused, StringComparison.Ordinal);
            Assert.Contains("\"code\":\"TOOMANYREQUESTS\",\"message\":\"too many requests\",\"detail\":\"too many uploads to this repository are unfinished\"", refused, StringComparison.Ordinal);
            for (var i = 0; i < 5; i++) Assert.StartsWith("HTTP/1.1 202 ", await OpenAsync("greedy/two"), StringComparison.Ordinal);
            Assert.Contains("too many uploads of this client are unfinished", await OpenAsync("greedy/two"), StringComparison.Ordinal);
            // Others push, until there are too many at all.
            await PushBlobAsync(RandomBytes(10, seed: 9));
            var location = "";
            for (var i = 0; i < 5; i++) location = await StartUploadAsync();
            using (var response = await SendAsync(HttpMethod.Post, "/v2/demo/app/blobs/uploads/")) Assert.Equal("429 TOOMANYREQUESTS", await ErrorOf(response));
            using (await SendAsync(HttpMethod.Delete, location)) await PushBlobAsync(RandomBytes(10, seed: 8));
        });
    }

    [Fact]
    public async Task A_head_that_is_too_large_is_refused()
    {
        Assert.StartsWith("HTTP/1.1 431 ", await ReadToEndAsync(await ConnectAsync($"GET /v2/ HTTP/1.1\r\nHost: x\r\nX: {new string('x', 40_000)}\r\n\r\n")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414 ", await ReadToEndAsync(await ConnectAsync($"GET /v2/{new string('x', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n")), StringComparison.Ordinal);
    }

    protected override ValueTask StopMoreAsync()
    {
        foreach (var socket in _sockets) socket.Dispose();
        return default;
    }

    private Task<RegistryServer> StartAsync(RegistryLimits limits) => RegistryServer.StartAsync(base.Options with { StorageDirectory = Folder.Combine("another"), Limits = limits }, Cancelled);

    private async Task<string> OpenAsync(string repository) =>
        await ReadToEndAsync(await ConnectAsync($"POST /v2/{repository}/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

    private async Task WhilePullingAsync(Func<Task> action, RegistryServer? server = null)
    {
        if (server is not null) Client.BaseAddress = server.Address;
        var manifest = await PushImageAsync("pulled", "demo/pulled");
        var pulls = 0;
        for (var running = action(); !running.IsCompleted || pulls == 0; pulls++)
        {
            Assert.Equal(manifest, await Client.GetByteArrayAsync("/v2/demo/pulled/manifests/pulled", Cancelled));
            Assert.Equal(RandomBytes(1000), await Client.GetByteArrayAsync($"/v2/demo/pulled/blobs/{Digest.Of(RandomBytes(1000))}", Cancelled));
            await Task.WhenAny(running, Task.Delay(20, Cancelled));
            if (running.IsCompleted) await running;
        }
    }

    private async Task<Socket> ConnectAsync(string request, int receiveBuffer = 0, int? port = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        socket.Bind(new IPEndPoint(Greedy, 0));
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port ?? Server.Port), Cancelled);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return socket; // It was closed as soon as it was there.
        }
        await TrySendAsync(socket, request);
        return socket;
    }

    private static async Task TrySendAsync(Socket socket, string text)
    {
        try
        {
            if (text.Length > 0) await socket.SendAsync(Encoding.ASCII.GetBytes(text), Cancelled);
        }
        catch (SocketException)
        {
            // It was left.
        }
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        var answer = new StringBuilder();
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, limit.Token)) > 0;) answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // It was cut off.
        }
        return answer.ToString();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var attempt = 0; !condition(); attempt++)
        {
            Assert.InRange(attempt, 0, 600);
            await Task.Delay(50, Cancelled);
        }
    }

    // The server's side of a connection, as the kernel lists those that are established.
    private bool IsConnected(int clientPort) => File.ReadLines("/proc/net/tcp").Any(line => line.Contains($"0100007F:{Server.Port:X4} 0200007F:{clientPort:X4} 01", StringComparison.Ordinal));
}
