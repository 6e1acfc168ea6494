// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Speaks to registries: one pool of connections, and one set of tokens, for all repositories that it opens.</summary>
public sealed class RegistryClient : IDisposable
{
    private readonly RegistryClientOptions _options;
    private readonly HttpClients _http;
    private readonly ConcurrentDictionary<string, RegistryConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>Creates a client. Nothing is sent yet.</summary>
    public RegistryClient(RegistryClientOptions? options = null)
    {
        _options = options ?? new RegistryClientOptions();
        _http = new HttpClients(_options);
    }

    /// <summary>A client without credentials, for as long as the process lives.</summary>
    public static RegistryClient Anonymous { get; } = new();

    /// <summary>The repository of a reference. Nothing is sent yet.</summary>
    public Repository Open(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var mirrors = _options.Mirrors.TryGetValue(reference.Host, out var hosts) ? hosts : [];
        return new Repository(Connect(reference.Host), [.. mirrors.Select(Connect)], reference.Repository);
    }

    /// <summary>Ends all connections.</summary>
    public void Dispose()
    {
        foreach (var connection in _connections.Values) connection.Dispose();
        _http.Dispose();
    }

    private RegistryConnection Connect(string host) => _connections.GetOrAdd(host, name => new RegistryConnection(name, _options, _http));
}
