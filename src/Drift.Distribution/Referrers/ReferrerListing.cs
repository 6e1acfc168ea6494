// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Asks a registry for referrers by its API (distribution-spec, "Listing Referrers").</summary>
internal sealed class ReferrerListing(Repository repository, Digest subject)
{
    private const int MaximumPages = 1000;
    // No image has so many; who lists more wants the memory of those who ask.
    private const int MaximumReferrers = 10_000;
    // What registries that know no such address have been seen to answer.
    private static readonly HttpStatusCode[] Expected = [HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest, HttpStatusCode.NotImplemented];

    /// <summary>The referrers; null when the registry has no such API.</summary>
    public async Task<IReadOnlyList<Descriptor>?> ReadAsync(string? artifactType, CancellationToken cancellationToken)
    {
        var registry = repository.Connection;
        var found = new Dictionary<Digest, Descriptor>();
        var next = repository.Address($"referrers/{subject}{(artifactType is null ? "" : $"?artifactType={Uri.EscapeDataString(artifactType)}")}");
        for (var page = 0; next is not null; page++)
        {
            if (page == MaximumPages || found.Count > MaximumReferrers) throw new DriftException(ErrorCode.RegistryError, $"{registry.Host} lists referrers of {subject} without end.", "Tell those who run the registry.");
            var request = new RegistryRequest(HttpMethod.Get, next, TokenScope.Pull(repository.Name), Expected) { Accept = [MediaTypes.OciIndex], MaximumBody = OciJson.MaximumSize };
            using var response = await registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            // What is no index comes from a door that opens for every address.
            if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != MediaTypes.OciIndex) return null;
            var index = OciJson.ReadIndex(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), $"{registry.Host}'s list of what refers to {subject}");
            var isFiltered = response.Headers.TryGetValues("OCI-Filters-Applied", out var filters) && filters.Any(filter => filter.Split(',', StringSplitOptions.TrimEntries).Contains("artifactType", StringComparer.Ordinal));
            var before = found.Count;
            var isNew = false;
            foreach (var referrer in index.Manifests)
            {
                isNew = true;
                if (artifactType is null || isFiltered || referrer.ArtifactType == artifactType) found.TryAdd(referrer.Digest, referrer);
            }
            // Where the filter is applied here, a page may bring nothing that is kept; an empty one is the last.
            next = isNew && (found.Count > before || artifactType is not null) ? PageLink.Next(registry, response, next) : null;
        }
        return [.. found.Values];
    }
}
