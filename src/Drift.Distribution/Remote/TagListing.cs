// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Lists a repository's tags, page by page (distribution-spec, "Listing Tags").</summary>
internal sealed class TagListing(Repository repository)
{
    // The most that Amazon gives at once, and few enough for everyone's memory.
    private const int PageSize = 1000;
    private const int MaximumPages = 10_000;
    private const int MaximumPage = 4 * 1024 * 1024;

    public async IAsyncEnumerable<Tag> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var registry = repository.Connection;
        var seen = new HashSet<Tag>();
        var next = repository.Address($"tags/list?n={PageSize}");
        for (var page = 0; next is not null; page++)
        {
            if (page == MaximumPages) throw new DriftException(ErrorCode.RegistryError, $"{registry.Host} lists tags of {repository.Name} without end.", "Tell those who run the registry.");
            var request = new RegistryRequest(HttpMethod.Get, next, TokenScope.Pull(repository.Name), HttpStatusCode.OK) { MaximumBody = MaximumPage };
            using var response = await registry.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var before = seen.Count;
            foreach (var tag in Read(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)))
            {
                if (seen.Add(tag)) yield return tag;
            }
            // A page that brings nothing new is the last, whatever it links to.
            next = seen.Count > before ? PageLink.Next(registry, response, next) : null;
        }
    }

    /// <summary>Reads a page; some registries have <c>null</c> for none, and some list digests among the tags.</summary>
    private List<Tag> Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var tags = new List<Tag>();
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("tags", out var list) || list.ValueKind != JsonValueKind.Array) return tags;
            foreach (var element in list.EnumerateArray())
            {
                if (element.ValueKind == JsonValueKind.String && Tag.TryParse(element.GetString(), out var tag)) tags.Add(tag);
            }
            return tags;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DriftException(ErrorCode.RegistryError, $"{repository.Host} sends a list of tags of {repository.Name} that is no JSON.", "Check the registry's address; a proxy may answer in its place.", e);
        }
    }
}
