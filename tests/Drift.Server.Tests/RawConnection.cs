// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>A TCP connection on which bytes are sent and received as they are.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];

    private RawConnection(Socket socket) => _socket = socket;

    public static async Task<RawConnection> OpenAsync(int port, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new RawConnection(socket);
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Receives what is there, at most <paramref name="most"/> bytes; empty at the end.</summary>
    public async Task<ReadOnlyMemory<byte>> ReceiveAsync(int most = int.MaxValue)
    {
        using var limit = new CancellationTokenSource(Timeout);
        var count = await _socket.ReceiveAsync(_buffer.AsMemory(0, Math.Min(most, _buffer.Length)), limit.Token);
        return _buffer.AsMemory(0, count);
    }

    /// <summary>Receives exactly so many bytes, or fewer when the connection ends.</summary>
    public async Task<byte[]> ReceiveExactlyAsync(int count)
    {
        var received = new MemoryStream();
        while (received.Length < count)
        {
            var bytes = await ReceiveAsync(count - (int)received.Length);
            if (bytes.IsEmpty) break;
            received.Write(bytes.Span);
        }
        return received.ToArray();
    }

    /// <summary>Receives until the connection ends; a reset counts as an end.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        var received = new MemoryStream();
        try
        {
            while (await ReceiveAsync() is { IsEmpty: false } bytes) received.Write(bytes.Span);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The answers came before it.
        }
        return received.ToArray();
    }

    /// <summary>Sends bytes in pieces that end at the given places, and returns all that comes back.</summary>
    public async Task<byte[]> ExchangeAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<int> cuts, bool stopsSending = false)
    {
        var receive = ReceiveToEndAsync();
        var sent = 0;
        try
        {
            foreach (var cut in cuts)
            {
                await SendAsync(bytes[sent..cut]);
                sent = cut;
                if (cuts.Count < 10) await Task.Yield();
            }
            if (stopsSending) ShutdownSend();
        }
        catch (SocketException)
        {
            // The server has answered and closed already.
        }
        return await receive;
    }

    /// <summary>Places at which so many bytes are cut into at most one more piece than there are <paramref name="cuts"/>.</summary>
    public static IReadOnlyList<int> RandomCuts(Random random, int length, int cuts) =>
        [.. Enumerable.Range(0, cuts).Select(_ => random.Next(1, length)).Append(length).Distinct().Order()];

    /// <summary>Sends one request and returns the whole answer to it; the connection stays open.</summary>
    public async Task<Answer> AskAsync(string path, string method = "GET")
    {
        await SendAsync($"{method} {path} HTTP/1.1\r\nHost: test\r\n\r\n");
        return await ReceiveAnswerAsync(method == "HEAD");
    }

    public async Task<Answer> ReceiveAnswerAsync(bool isHead = false)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var bytes = await ReceiveAsync(1);
            if (bytes.IsEmpty) throw new InvalidOperationException($"The connection ended in the head of an answer: {head}");
            head.Append((char)bytes.Span[0]);
        }
        var answer = Answer.ParseHead(head.ToString());
        return isHead ? answer : answer with { Body = await ReceiveExactlyAsync(answer.ContentLength) };
    }

    public void Dispose() => _socket.Dispose();
}
