// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>
/// <c>/v2/NAME/referrers/DIGEST</c> (distribution-spec end-12): an index of the manifests whose subject the digest is, filtered by
/// <c>artifactType</c>, in pages that stay below the size of a manifest.
/// </summary>
internal sealed class ReferrersEndpoint(RegistryStorage storage, Mirror? mirror)
{
    public async Task ListAsync(HttpContext context, RequestTarget target)
    {
        if (!Digest.TryParse(target.Reference, out var subject)) throw new RefusedRequestException(DistributionError.DigestInvalid, target.Reference);
        if (mirror is not null && await mirror.RelayAsync(context, target.Repository, $"referrers/{subject}").ConfigureAwait(false)) return;

        var query = context.Request.Query;
        var artifactType = query["artifactType"].ToString();
        var last = query["last"].ToString();
        var page = new List<Descriptor>();
        var size = 0L;
        foreach (var (referrer, length) in storage.Manifests.ListReferrers(target.Repository, subject))
        {
            if (string.CompareOrdinal(referrer.Digest.ToString(), last) <= 0 || (artifactType.Length > 0 && referrer.ArtifactType != artifactType)) continue;
            if (page.Count > 0 && size + length > OciJson.MaximumSize)
            {
                var filter = artifactType.Length > 0 ? $"&artifactType={Uri.EscapeDataString(artifactType)}" : "";
                context.Response.Headers.Link = $"</v2/{target.Name}/referrers/{subject}?last={page[^1].Digest}{filter}>; rel=\"next\"";
                break;
            }
            page.Add(referrer);
            size += length;
        }
        if (artifactType.Length > 0) context.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        var index = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = page });
        await JsonAnswer.WriteAsync(context, index, MediaTypes.OciIndex).ConfigureAwait(false);
    }
}
