// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>What refers to a manifest: signatures, bills of materials, whatever else has it as subject.</summary>
internal static class ReferrerList
{
    private const int MaximumEntries = 100;

    public static void Write(HtmlWriter html, RepositoryName name, Digest subject, IEnumerable<(Descriptor Referrer, int Length)> all)
    {
        var referrers = all.Select(entry => entry.Referrer).Take(MaximumEntries + 1).ToArray();
        if (referrers.Length == 0) return;
        html.Write($"""
            <section aria-labelledby="referrers"><h2 id="referrers">Referrers</h2>
            <table role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Artifact type</th><th role="columnheader" scope="col">Manifest</th><th role="columnheader" scope="col">Digest</th></tr></thead>
            <tbody role="rowgroup">

            """);
        foreach (var referrer in referrers.Take(MaximumEntries))
        {
            html.Write($"""<tr role="row"><th role="rowheader" scope="row"><a href="/r/{name}@{referrer.Digest}">{referrer.ArtifactType ?? referrer.MediaType}</a></th><td role="cell" data-label="Manifest">{ByteSize.Of(referrer.Size)}</td><td role="cell" data-label="Digest">""");
            CopyButton.WriteDigest(html, referrer.Digest.ToString(), address: null);
            html.Write($"</td></tr>\n");
        }
        html.Write($"</tbody>\n</table>\n");
        if (referrers.Length > MaximumEntries) html.Write($"""<p>These are the first {MaximumEntries}; <a href="/v2/{name}/referrers/{subject}">all of them</a> are in JSON.</p>""");
        html.Write($"</section>\n");
    }
}
