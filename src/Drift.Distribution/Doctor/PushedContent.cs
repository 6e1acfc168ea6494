// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// What a probe pushed, to be deleted after it. Each thing is noted before it is sent: whoever is interrupted meanwhile does not know whether it
/// arrived.
/// </summary>
internal sealed class PushedContent(Repository repository, string tag)
{
    private readonly List<Descriptor> _manifests = [];
    private readonly List<Descriptor> _blobs = [];

    public void Add(Descriptor descriptor) => (MediaTypes.IsManifest(descriptor.MediaType) || MediaTypes.IsIndex(descriptor.MediaType) ? _manifests : _blobs).Add(descriptor);

    /// <summary>Forgets what the registry refused.</summary>
    public void Remove(Descriptor descriptor)
    {
        _manifests.Remove(descriptor);
        _blobs.Remove(descriptor);
    }

    /// <summary>Deletes all of it, whoever is in a hurry, and tells of each kind whether that can be done, and what is left.</summary>
    public async IAsyncEnumerable<ProbeResult> DeleteAsync()
    {
        if (_manifests.Count > 0) yield return await DeleteAsync("delete tag", $"manifests/{tag}", "a tag alone", "a tag goes with its image only").ConfigureAwait(false);
        var left = new List<string>();
        ProbeResult? manifests = null, blobs = null;
        // What refers comes last, and goes first.
        foreach (var manifest in _manifests.AsEnumerable().Reverse())
        {
            var deleted = await ProbeResult.OfAsync("delete manifest", async () =>
            {
                await repository.DeleteAsync(manifest.Digest.ToString(), CancellationToken.None).ConfigureAwait(false);
                return (true, "a manifest by its digest");
            }).ConfigureAwait(false);
            // It did not arrive.
            if (deleted.Error == ErrorCode.NotFound) continue;
            manifests = deleted;
            if (deleted.Outcome != ProbeOutcome.Yes) left.Add($"{(manifest == _manifests[0] ? tag + " " : "")}{manifest.Digest}");
        }
        if (manifests is not null) yield return manifests;
        foreach (var blob in _blobs) blobs = await DeleteAsync("delete blob", $"blobs/{blob.Digest}", "a blob by its digest", "blobs go when the registry collects them").ConfigureAwait(false);
        if (blobs is not null) yield return blobs;
        yield return left.Count == 0
            ? new ProbeResult("clean up", ProbeOutcome.Yes, "nothing that was pushed is left but for blobs that nothing needs")
            : new ProbeResult("clean up", ProbeOutcome.Failed, $"what was pushed is left in {repository.Name}: {string.Join(", ", left)}", "Delete it where the registry lets you, for example on its web page.", ErrorCode.NotSupported);
    }

    private Task<ProbeResult> DeleteAsync(string name, string path, string can, string cannot) => ProbeResult.OfAsync(name, async () =>
    {
        var request = new RegistryRequest(HttpMethod.Delete, repository.Address(path), TokenScope.Delete(repository.Name), HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
        using var response = await repository.Connection.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
        return (response.IsSuccessStatusCode, response.IsSuccessStatusCode ? can : cannot);
    });
}
