// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Keeps registries from sending this client to where they cannot go themselves: a redirect, a token server or an upload's address must not
/// lead into a private network, and never to a cloud's metadata service.
/// </summary>
internal static class AddressGuard
{
    /// <summary>Link-local addresses, where clouds keep the credentials of a machine, and what is no host at all.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any);
        return (bytes[0], bytes[1]) is (0, _) or (169, 254) or (>= 224, _)
            // Oracle's and Alibaba's metadata services.
            || bytes is [192, 0, 0, _] or [100, 100, 100, 200];
    }

    /// <summary>Addresses of this machine and of networks that are not the Internet.</summary>
    public static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (IPAddress.IsLoopback(address) || IsForbidden(address)) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal;
        return (bytes[0], bytes[1]) is (10, _) or (172, >= 16 and <= 31) or (192, 168) or (100, >= 64 and <= 127);
    }

    /// <summary>Connects to the first address of a host that is allowed.</summary>
    /// <param name="context">What to connect to.</param>
    /// <param name="isRefused">Which addresses are not allowed.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Func<IPAddress, bool> isRefused, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        // A proxy is where this machine's owner put it, and connects by its own rules.
        var isProxy = context.InitialRequestMessage.RequestUri is not { } asked || asked.IdnHost.Trim('[', ']') != host || asked.Port != port;
        var allowed = isProxy ? addresses : Array.FindAll(addresses, address => !isRefused(address));
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new DriftException(ErrorCode.RegistryError, $"A registry leads to {host}, which is {addresses[0]}, an address of a private network.", "Tell those who run the registry; if the network is yours, name the host itself as the registry.");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
