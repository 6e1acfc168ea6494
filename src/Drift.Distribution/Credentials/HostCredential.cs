// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>One credential for one registry; it is sent to no other.</summary>
/// <param name="host">The registry's host, with its port if it has one, as references name it.</param>
/// <param name="credential">The credential.</param>
/// <param name="otherwise">Where the credentials for other registries come from; null for none.</param>
public sealed class HostCredential(string host, RegistryCredential credential, ICredentialSource? otherwise = null) : ICredentialSource
{
    private readonly CredentialKey _key = CredentialKey.Parse(host);

    /// <inheritdoc/>
    public ValueTask<RegistryCredential?> FindAsync(string host, RepositoryName? repository, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        return CredentialKey.Parse(host) == _key ? new(credential) : otherwise?.FindAsync(host, repository, cancellationToken) ?? default;
    }
}
