// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// The link that opens an object to the import: a pre-authenticated request. Whoever has it can read the image, so it is in no file, log or
/// message; one that a process was killed with is deleted, and another one made.
/// </summary>
internal sealed class ObjectLink(OracleClient storage, ObjectPlace place, CopySettings settings)
{
    public static IEnumerable<OracleRequest> Plan(ObjectPlace place, CopySettings settings) => [OracleObjects.ListLinks(place), OracleObjects.CreateLink(place, NameOf(settings), TimeProvider.System.GetUtcNow() + settings.LinkLife)];

    /// <summary>Makes the only link of this copy, and returns its address.</summary>
    public async Task<string> CreateAsync(IProgress<CopyStep> progress, CancellationToken cancellationToken)
    {
        await DeleteAsync(cancellationToken).ConfigureAwait(false);
        progress.Report(new CopyStep("link", $"a link to {place.Bucket}/{place.Name} that works for {settings.LinkLife.TotalHours:0.#} hours"));
        var request = OracleObjects.CreateLink(place, NameOf(settings), TimeProvider.System.GetUtcNow() + settings.LinkLife);
        var path = (await storage.SendAsync(request, cancellationToken).ConfigureAwait(false)).Text("accessUri");
        if (!path.StartsWith("/p/", StringComparison.Ordinal)) throw new DriftException(ErrorCode.CloudRefused, "Oracle's answer has no link to the object.");
        return storage.AddressOf(request with { Target = path }).AbsoluteUri;
    }

    /// <summary>Deletes the links of this copy, whoever made them.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        foreach (var link in await storage.ListAsync(OracleObjects.ListLinks(place), cancellationToken).ConfigureAwait(false))
        {
            if (link is JsonObject && (string?)link["name"] == NameOf(settings) && (string?)link["id"] is { } id) await storage.FindAsync(OracleObjects.DeleteLink(place, id), cancellationToken).ConfigureAwait(false);
        }
    }

    private static string NameOf(CopySettings settings) => $"drift-{settings.Id}";
}
