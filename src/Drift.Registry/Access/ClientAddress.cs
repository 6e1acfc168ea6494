// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>Where a request comes from, as far as limits are about it.</summary>
internal static class ClientAddress
{
    private const int NetworkLength = 8;

    /// <summary>The address of a request's client, or its network; see <see cref="NetworkOf"/>.</summary>
    public static IPAddress Of(HttpContext context) => NetworkOf(context.Connection.RemoteIpAddress);

    /// <summary>An IPv4 address, or the network of 64 bits of an IPv6 address: whoever has one of these has all of its addresses.</summary>
    public static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkLength).Clear();
        return new IPAddress(bytes);
    }
}
