// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;

namespace Drift.TestKit;

/// <summary>Listens on a port of this machine, and hands each connection over; disposing waits until all of them are done with.</summary>
public sealed class SocketServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _accepting;

    /// <param name="serveAsync">Serves a connection, and closes it. It ends without an error when <see cref="Stopped"/> is cancelled.</param>
    /// <param name="address">Where to listen; null for 127.0.0.2, whose ports are not those that other tests have found free.</param>
    public SocketServer(Func<Socket, Task> serveAsync, IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Parse("127.0.0.2"), 0);
        Stopped = _stopped.Token;
        _listener.Start();
        _accepting = AcceptAsync(serveAsync);
    }

    /// <summary>Where it listens, as in <c>127.0.0.2:4711</c>.</summary>
    public string Host => _listener.LocalEndpoint.ToString()!;

    /// <summary>Cancelled when the server is disposed.</summary>
    public CancellationToken Stopped { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stopped.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, Task> serveAsync)
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(serveAsync(await _listener.AcceptSocketAsync(Stopped)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }
}
