// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A source that knows what refers to what it has: signatures, SBOMs and other artifacts whose manifests name it as their subject.</summary>
public interface IReferrerSource : IImageSource
{
    /// <summary>Lists the referrers of a manifest or an index, with their artifact types and annotations.</summary>
    /// <param name="subject">The digest of the manifest or index, which need not be there.</param>
    /// <param name="artifactType">Lists only artifacts of this type; null for all.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="DriftException">The list cannot be read, or is no list of referrers.</exception>
    ValueTask<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, string? artifactType = null, CancellationToken cancellationToken = default);
}
