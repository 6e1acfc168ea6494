// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Where credentials come from.</summary>
public interface ICredentialSource
{
    /// <summary>The credential for a repository; null for none.</summary>
    /// <param name="host">The registry's host, with its port if it has one, as references name it: <c>docker.io</c>, <c>localhost:5000</c>.</param>
    /// <param name="repository">The repository, for credentials that hold for a part of a registry; null for the registry as a whole.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="DriftException">A file cannot be read, or a credential helper fails.</exception>
    ValueTask<RegistryCredential?> FindAsync(string host, RepositoryName? repository, CancellationToken cancellationToken = default);
}
