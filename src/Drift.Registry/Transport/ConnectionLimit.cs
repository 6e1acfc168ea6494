// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Drift.Registry;

/// <summary>Counts the connections of each client, and closes those that are too many before anything is read of them.</summary>
internal sealed class ConnectionLimit(int limit)
{
    private readonly ConcurrentDictionary<IPAddress, int> _connections = new();

    /// <summary>Goes on with a connection, unless its client has too many.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var client = ClientAddress.NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        var count = _connections.AddOrUpdate(client, 1, static (_, count) => count + 1);
        try
        {
            if (count > limit) connection.Abort();
            else await next(connection).ConfigureAwait(false);
        }
        finally
        {
            count = _connections.AddOrUpdate(client, 0, static (_, count) => count - 1);
            if (count == 0) _connections.TryRemove(KeyValuePair.Create(client, 0));
        }
    }
}
