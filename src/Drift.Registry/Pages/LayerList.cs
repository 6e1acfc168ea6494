// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>The layers of an image, or the blobs of an artifact, each with a bar as long as its share of all.</summary>
internal static class LayerList
{
    public const int PageSize = 100;

    public static void Write(HtmlWriter html, RepositoryName name, ImageManifest image, ImageConfig? config, PageSlice<Descriptor> slice)
    {
        if (slice.Total == 0) return;
        var total = image.Layers.Sum(layer => layer.Size);
        var (title, unit) = MediaTypes.IsConfig(image.Config.MediaType) ? ("Layers", "layer") : ("Content", "blob");
        var history = HistoryOf(image, config);
        html.Write($"""<section aria-labelledby="layers"><h2 id="layers">{title}</h2><p class="dim">{slice.Total:N0} {unit}{(slice.Total == 1 ? "" : "s")}, {ByteSize.Of(total)}{(unit == "layer" && slice.Total > 1 ? ", the lowest first" : "")}</p><ol class="layers" start="{slice.Offset + 1}">""");
        for (var i = 0; i < slice.Items.Count; i++)
        {
            var layer = slice.Items[i];
            var share = (double)layer.Size / Math.Max(1, total);
            // A bar is a picture of the numbers next to it. The size of a rectangle is an attribute: the policy lets no style stand in a page.
            html.Write($"""
                <li><svg class="bar" aria-hidden="true"><rect width="{share:0.00%}" height="100%"/></svg>
                <p><strong>{ByteSize.Of(layer.Size)}</strong> <span class="dim">{share:0.0%} · {layer.Size:N0} bytes</span></p>

                """);
            if (history?[slice.Offset + i] is { CreatedBy.Length: > 0 } entry) html.Write($"""<p><code class="step">{entry.CreatedBy}</code></p>""");
            if (layer.Annotations?.GetValueOrDefault("org.opencontainers.image.title") is { } file) html.Write($"<p><code>{file}</code></p>");
            html.Write($"<p>");
            CopyButton.WriteDigest(html, layer.Digest.ToString(), $"/v2/{name}/blobs/{layer.Digest}");
            html.Write($""" <span class="dim">{layer.MediaType}</span></p></li>""");
        }
        html.Write($"</ol>\n");
        slice.WriteLinks(html);
        html.Write($"</section>\n");
    }

    /// <summary>The entry of each layer; null when the history does not tell which is whose.</summary>
    private static HistoryEntry[]? HistoryOf(ImageManifest image, ImageConfig? config)
    {
        var steps = config?.History?.Where(entry => entry.EmptyLayer != true).ToArray();
        return steps?.Length == image.Layers.Count ? steps : null;
    }
}
