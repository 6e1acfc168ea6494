// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>
/// Stands between a client and a registry, and passes everything on but for the answer to one request, which never comes: the moment to
/// interrupt the client at.
/// </summary>
internal sealed class StallingRelay : IAsyncDisposable
{
    private readonly SocketServer _server;
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _request;
    private readonly int _port;

    /// <param name="registry">The registry's host and port.</param>
    /// <param name="request">How the request begins, as in <c>PUT /v2/app/manifests/</c>; only the first one stalls.</param>
    public StallingRelay(string registry, string request)
    {
        _port = int.Parse(registry.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        _request = Encoding.ASCII.GetBytes(request);
        // Registries of 127.0.0.1 are spoken to over HTTP.
        _server = new SocketServer(RelayAsync, IPAddress.Loopback);
    }

    public string Host => _server.Host;

    /// <summary>Comes to its end when the registry has done what it was asked for, of which the client knows nothing.</summary>
    public Task Stalled => _stalled.Task;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task RelayAsync(Socket client)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port, _server.Stopped);
        var (asking, answering) = (new NetworkStream(client, ownsSocket: true), new NetworkStream(socket, ownsSocket: true));
        var isStalled = false;
        var both = new[]
        {
            CopyAsync(asking, async sent =>
            {
                isStalled |= !_stalled.Task.IsCompleted && sent.Span.IndexOf(_request) >= 0;
                await answering.WriteAsync(sent, _server.Stopped);
            }),
            CopyAsync(answering, async answer =>
            {
                if (isStalled) _stalled.TrySetResult();
                else await asking.WriteAsync(answer, _server.Stopped);
            }),
        };
        await Task.WhenAny(both);
        await asking.DisposeAsync();
        await answering.DisposeAsync();
        await Task.WhenAll(both);
    }

    private async Task CopyAsync(NetworkStream from, Func<ReadOnlyMemory<byte>, Task> pass)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _server.Stopped) is > 0 and var read) await pass(buffer.AsMemory(0, read));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone, or the test has ended.
        }
    }
}
