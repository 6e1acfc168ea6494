// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;

namespace Drift.Distribution.Tests;

public sealed class ConnectionStreamTests : DistributionTest, IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket _registry = null!;
    private ConnectionStream _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, Cancelled);
        _registry = await _listener.AcceptSocketAsync(Cancelled);
        _connection = new ConnectionStream(client.GetStream(), TimeSpan.FromMilliseconds(200));
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _registry.Dispose();
        _listener.Dispose();
        Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_of_a_registry_that_reads_no_more_is_heard(bool closes)
    {
        await _registry.SendAsync("413"u8.ToArray(), Cancelled);
        if (closes) _registry.Close();
        var block = new byte[1_000_000];
        for (var i = 0; i < 20; i++) await _connection.WriteAsync(block, Cancelled);
        await _connection.FlushAsync(Cancelled);
        Assert.Equal(3, await _connection.ReadAsync(new byte[10], Cancelled));
        // The next request would get lost.
        await Assert.ThrowsAsync<IOException>(async () => await _connection.WriteAsync(block, Cancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task A_write_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            for (var i = 0; i < 20; i++) await _connection.WriteAsync(new byte[1_000_000], cancelled.Token);
        });
    }
}
