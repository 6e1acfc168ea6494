// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drift.Cli.Tests;

/// <summary>
/// Stands between a client and a registry, and passes everything on but for the answer to one request, which never comes: the moment to
/// interrupt the client at.
/// </summary>
internal sealed class StallingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _request;
    private readonly int _port;
    private readonly Task _accepting;

    /// <param name="registry">The registry's host and port.</param>
    /// <param name="request">How the request begins, as in <c>PUT /v2/app/manifests/</c>; only the first one stalls.</param>
    public StallingRelay(string registry, string request)
    {
        _port = int.Parse(registry.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        _request = Encoding.ASCII.GetBytes(request);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Host => _listener.LocalEndpoint.ToString()!;

    /// <summary>Comes to its end when the registry has done what it was asked for, of which the client knows nothing.</summary>
    public Task Stalled => _stalled.Task;

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(RelayAsync(await _listener.AcceptSocketAsync(_stopped.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port, _stopped.Token);
        var (asking, answering) = (new NetworkStream(client, ownsSocket: true), new NetworkStream(socket, ownsSocket: true));
        var isStalled = false;
        var both = new[]
        {
            CopyAsync(asking, async sent =>
            {
                isStalled |= !_stalled.Task.IsCompleted && sent.Span.IndexOf(_request) >= 0;
                await answering.WriteAsync(sent, _stopped.Token);
            }),
            CopyAsync(answering, async answer =>
            {
                if (isStalled) _stalled.TrySetResult();
                else await asking.WriteAsync(answer, _stopped.Token);
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
            while (await from.ReadAsync(buffer, _stopped.Token) is > 0 and var read) await pass(buffer.AsMemory(0, read));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone, or the test has ended.
        }
    }
}
