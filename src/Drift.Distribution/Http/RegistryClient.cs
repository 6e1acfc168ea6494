// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
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
        HttpClients.Prepare(); // Whoever only has a client, for layouts and archives, does not pay.
        var mirrors = _options.Mirrors.TryGetValue(reference.Host, out var hosts) ? hosts : [];
        return new Repository(Connect(reference.Host), [.. mirrors.Select(Connect)], reference.Repository);
    }

    /// <summary>Asks a registry whether it accepts the credential for it, as far as it asks for one.</summary>
    /// <param name="host">The registry's host, with its port if it has one, as references name it.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>False when the registry lets everyone in, so that nothing is known of the credential.</returns>
    /// <exception cref="DriftException">It does not accept it, or cannot be reached.</exception>
    public async Task<bool> CheckAccessAsync(string host, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        var connection = Connect(host);
        var request = new RegistryRequest(HttpMethod.Get, new Uri(connection.Address, "v2/"), TokenScope.None, HttpStatusCode.OK);
        using var response = await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return connection.HasAsked;
    }

    /// <summary>Ends all connections.</summary>
    public void Dispose()
    {
        foreach (var connection in _connections.Values) connection.Dispose();
        _http.Dispose();
    }

    /// <summary>The credential for a repository, or for the registry as a whole; null for none.</summary>
    internal ValueTask<RegistryCredential?> FindCredentialAsync(string host, RepositoryName? repository, CancellationToken cancellationToken) => _options.Credentials?.FindAsync(host, repository, cancellationToken) ?? default;

    internal RegistryConnection Connect(string host) => _connections.GetOrAdd(host, name => new RegistryConnection(name, _options, _http));
}
