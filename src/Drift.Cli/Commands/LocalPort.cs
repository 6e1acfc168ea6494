// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>A port of this machine for a service.</summary>
internal static class LocalPort
{
    /// <summary>The port itself when it is free now; for 0, one that is.</summary>
    /// <exception cref="DriftException">It is in use, or needs more rights.</exception>
    public static int Choose(int port)
    {
        // Bound as the server will bind it, so that a leftover of a closed connection does not count as use.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            socket.Listen(1);
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException e)
        {
            throw new DriftException(ErrorCode.PortUnavailable,
                e.SocketErrorCode == SocketError.AccessDenied ? $"Port {port} may not be used by this user." : $"Port {port} is in use.",
                "Choose another with --port, or --port 0 for a free one.", e);
        }
    }
}
