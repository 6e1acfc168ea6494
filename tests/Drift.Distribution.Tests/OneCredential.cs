// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution.Tests;

/// <summary>The same credential for every registry.</summary>
internal sealed class OneCredential : ICredentialSource
{
    public ValueTask<RegistryCredential?> FindAsync(string host, RepositoryName? repository, CancellationToken cancellationToken = default) =>
        new(new RegistryCredential { Username = "ada", Password = "secret", Origin = "the test" });
}
