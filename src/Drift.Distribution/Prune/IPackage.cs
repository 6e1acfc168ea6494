// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// A repository whose host keeps a list of its manifests beside the registry, as GitHub's packages are: what has no tag is listed, too, and
/// a manifest is deleted there, with all of its tags at once.
/// </summary>
public interface IPackage
{
    /// <summary>Lists all manifests.</summary>
    /// <exception cref="DriftException">The host refuses, or the list is too long.</exception>
    Task<IReadOnlyList<PackageVersion>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Deletes a manifest; one that is gone is no error.</summary>
    /// <exception cref="DriftException">The host refuses.</exception>
    Task DeleteAsync(PackageVersion version, CancellationToken cancellationToken = default);
}
