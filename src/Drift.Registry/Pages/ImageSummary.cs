// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>What is behind a tag, in a line.</summary>
/// <param name="Parts">The platforms, or what else there is, each with its compressed size in bytes where that is known.</param>
/// <param name="More">How many further ones there are.</param>
/// <param name="Created">The <c>created</c> of the first image; null when it is not known.</param>
internal sealed record ImageSummary(IReadOnlyList<(string Name, long? Size)> Parts, int More, string? Created)
{
    private const int MaximumParts = 8;
    private static readonly ImageSummary Unknown = new([("unknown", null)], 0, null);

    /// <summary>Reads as much as the summary needs.</summary>
    public static async Task<ImageSummary> ReadAsync(PageReader reader, Digest digest, CancellationToken cancellationToken)
    {
        if (await reader.FindManifestAsync(digest, cancellationToken).ConfigureAwait(false) is not { } manifest) return Unknown;
        if (MediaTypes.IsIndex(manifest.MediaType))
        {
            return PageReader.Try(() => OciJson.ReadIndex(manifest.Content.Span, digest.ToString())) is { } index
                ? await ReadAsync(reader, index, cancellationToken).ConfigureAwait(false)
                : Unknown;
        }
        if (PageReader.Try(() => OciJson.ReadManifest(manifest.Content.Span, digest.ToString())) is not { } image) return Unknown;
        var config = await reader.FindConfigAsync(image, cancellationToken).ConfigureAwait(false);
        var name = config?.Platform.ToString() ?? (MediaTypes.IsConfig(image.Config.MediaType) ? "an image" : "an artifact");
        return new ImageSummary([(name, SizeOf(image))], 0, config?.Created);
    }

    /// <summary>The bytes that a client without any of them downloads: config and layers.</summary>
    public static long SizeOf(ImageManifest image) => image.Config.Size + image.Layers.Sum(layer => layer.Size);

    /// <summary>Writes the parts as a list.</summary>
    public void WriteParts(HtmlWriter html)
    {
        html.Write($"""<ul class="parts">""");
        foreach (var (name, size) in Parts) html.Write($"""<li>{name} <span class="dim">{(size is { } bytes ? ByteSize.Of(bytes) : "")}</span></li>""");
        if (More > 0) html.Write($"<li>and {More:N0} more</li>");
        html.Write($"</ul>");
    }

    private static async Task<ImageSummary> ReadAsync(PageReader reader, ImageIndex index, CancellationToken cancellationToken)
    {
        var images = index.Manifests.Where(entry => entry.Platform is null or not { OperatingSystem: "unknown" }).ToArray();
        var parts = new List<(string, long?)>();
        string? created = null;
        foreach (var entry in images.Take(MaximumParts))
        {
            var image = MediaTypes.IsIndex(entry.MediaType) ? null : await reader.FindImageAsync(entry.Digest, cancellationToken).ConfigureAwait(false);
            if (image is not null && created is null) created = (await reader.FindConfigAsync(image, cancellationToken).ConfigureAwait(false))?.Created;
            parts.Add((entry.Platform?.ToString() ?? (MediaTypes.IsIndex(entry.MediaType) ? "an index" : "any platform"), image is null ? null : SizeOf(image)));
        }
        return new ImageSummary(parts, images.Length - parts.Count, created);
    }
}
