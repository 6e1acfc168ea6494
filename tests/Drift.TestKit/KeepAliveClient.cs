// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drift.TestKit;

/// <summary>
/// Asks for the page over one connection, which it keeps until the server says that it will close it. HttpClient asks again when a connection breaks;
/// this one does not, so that nothing that is lost stays hidden.
/// </summary>
/// <param name="server">Who is asked.</param>
/// <param name="open">Makes the sockets, for example in another network; null for this one.</param>
public sealed class KeepAliveClient(IPEndPoint server, Func<Socket>? open = null) : IDisposable
{
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: site\r\n\r\n"u8.ToArray();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;
    private bool _isKept;

    /// <summary>How often the server said that it closes the connection behind the answer.</summary>
    public int Closes { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    /// <summary>Asks once, and returns the body of an answer with status 200.</summary>
    /// <exception cref="SocketException">The connection was refused or reset.</exception>
    /// <exception cref="IOException">It ended before the answer did, or the status is another.</exception>
    public async Task<ReadOnlyMemory<byte>> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A connection on which nothing was asked may be closed: whoever keeps some looks before using one.
            if (_socket is not null && _socket.Poll(0, SelectMode.SelectRead)) Close();
            if (_socket is null)
            {
                _socket = open?.Invoke() ?? new Socket(SocketType.Stream, ProtocolType.Tcp);
                _socket.NoDelay = true;
                await _socket.ConnectAsync(server, cancellationToken);
            }
            await _socket.SendAsync(Request, cancellationToken);
            return await ReceiveAsync(_socket, cancellationToken);
        }
        catch
        {
            Close();
            throw;
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReceiveAsync(Socket socket, CancellationToken cancellationToken)
    {
        var (length, body, end) = (0, 0, -1);
        while (end < 0 || length < end)
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (read == 0) throw new IOException($"the connection ended after {length} bytes of an answer");
            length += read;
            if (end >= 0 || _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is not (>= 0 and var head)) continue;
            body = head + 4;
            end = body + Read(Encoding.Latin1.GetString(_buffer, 0, head + 2));
        }
        var answer = _buffer.AsMemory(body, length - body);
        if (!_isKept) Close();
        return answer;
    }

    // The length of the body.
    private int Read(string head)
    {
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) throw new IOException("the answer is " + head.Split('\r')[0]);
        _isKept = !head.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal);
        if (!_isKept) Closes++;
        var length = head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        return int.Parse(length["Content-Length: ".Length..], CultureInfo.InvariantCulture);
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
