// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What is known of a manifest.</summary>
/// <param name="Children">What an index lists.</param>
/// <param name="Subject">What it refers to; null for nothing.</param>
/// <param name="Size">Of itself, its config and its layers.</param>
/// <param name="Created">As its config, or its annotation, says.</param>
internal sealed record PruneNode(IReadOnlyList<Descriptor> Children, Descriptor? Subject, long Size, string? Created)
{
    private const string CreatedAnnotation = "org.opencontainers.image.created";

    /// <summary>Reads a manifest or an index; null when it is not there.</summary>
    public static async Task<PruneNode?> ReadAsync(IImageSource source, Descriptor descriptor, CancellationToken cancellationToken)
    {
        try
        {
            if (MediaTypes.IsIndex(descriptor.MediaType))
            {
                var index = OciJson.ReadIndex((await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false)).Span, descriptor.Digest.ToString());
                return new PruneNode(index.Manifests, index.Subject, descriptor.Size, index.Annotations?.GetValueOrDefault(CreatedAnnotation));
            }
            if (!MediaTypes.IsManifest(descriptor.MediaType)) return new PruneNode([], null, descriptor.Size, null);
            var manifest = OciJson.ReadManifest((await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false)).Span, descriptor.Digest.ToString());
            var created = MediaTypes.IsConfig(manifest.Config.MediaType)
                ? OciJson.ReadConfig(await source.ReadSmallBlobAsync(manifest.Config, cancellationToken).ConfigureAwait(false), manifest.Config.Digest.ToString()).Created
                : manifest.Annotations?.GetValueOrDefault(CreatedAnnotation);
            return new PruneNode([], manifest.Subject, descriptor.Size + manifest.Config.Size + manifest.Layers.Sum(static layer => layer.Size), created);
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A time that tells an age: not one that reproducible builds put in its place, and none to come.</summary>
    public static DateTimeOffset? Time(string? text, DateTimeOffset now) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1980 && time <= now ? time : null;
}
