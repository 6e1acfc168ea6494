// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>What an index lists: usually an image for each platform.</summary>
internal static class IndexTable
{
    public const int PageSize = 50;

    public static async Task WriteAsync(HtmlWriter html, RepositoryName name, PageReader reader, PageSlice<Descriptor> slice, CancellationToken cancellationToken)
    {
        html.Write($"""
            <section aria-labelledby="platforms"><h2 id="platforms">Platforms</h2>
            <table role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Platform</th><th role="columnheader" scope="col">Compressed</th><th role="columnheader" scope="col">Layers</th><th role="columnheader" scope="col">Digest</th></tr></thead>
            <tbody role="rowgroup">

            """);
        foreach (var entry in slice.Items)
        {
            var image = MediaTypes.IsIndex(entry.MediaType) ? null : await reader.FindImageAsync(entry.Digest, cancellationToken).ConfigureAwait(false);
            var isKept = image is not null || await reader.FindManifestAsync(entry.Digest, cancellationToken).ConfigureAwait(false) is not null;
            html.Write($"""<tr role="row"><th role="rowheader" scope="row">""");
            if (isKept) html.Write($"""<a href="/r/{name}@{entry.Digest}">{NameOf(entry)}</a>""");
            else html.Write($"{NameOf(entry)}");
            html.Write($"""</th><td role="cell" data-label="Compressed">{(image is not null ? ByteSize.Of(ImageSummary.SizeOf(image)) : isKept ? "–" : "not kept here")}</td><td role="cell" data-label="Layers">{(image is null ? "–" : image.Layers.Count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture))}</td><td role="cell" data-label="Digest">""");
            CopyButton.WriteDigest(html, entry.Digest.ToString(), address: null);
            html.Write($"</td></tr>\n");
        }
        html.Write($"</tbody>\n</table>\n");
        slice.WriteLinks(html);
        html.Write($"</section>\n");
    }

    // BuildKit lists attestations among the images, for a platform that nothing runs on.
    private static string NameOf(Descriptor entry) =>
        entry.Annotations?.GetValueOrDefault("vnd.docker.reference.type") is { } type ? type
        : entry.Platform?.ToString() ?? entry.ArtifactType ?? (MediaTypes.IsIndex(entry.MediaType) ? "an index" : "any platform");
}
