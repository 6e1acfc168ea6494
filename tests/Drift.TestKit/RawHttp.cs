// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Drift.TestKit;

/// <summary>HTTP by its bytes: what a server sends is compared as it is, headers and all.</summary>
public static class RawHttp
{
    /// <summary>
    /// Sends bytes to a port of 127.0.0.1, ends its sending, and returns everything that comes until the server closes. To some servers that
    /// end means that the client is gone: for them it is left out, and the request asks for the close.
    /// </summary>
    public static async Task<byte[]> ExchangeAsync(int port, string request, CancellationToken cancellationToken, bool endSending = true)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), limit.Token);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        try
        {
            if (endSending) socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NotConnected)
        {
            // The server has answered and closed already.
        }
        using var answer = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await socket.ReceiveAsync(buffer, limit.Token)) > 0) answer.Write(buffer, 0, read);
        return answer.ToArray();
    }
}
