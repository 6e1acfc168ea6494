// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What every source can do with what it has.</summary>
public static class ImageSourceExtensions
{
    /// <summary>
    /// The image for a platform: the one that an index lists for it, nested indexes included, or the image itself when there is no index.
    /// </summary>
    /// <exception cref="DriftException">There is none; the message lists what there is.</exception>
    public static async ValueTask<Descriptor> SelectPlatformAsync(this IImageSource source, Descriptor root, Platform platform, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(platform);
        if (!MediaTypes.IsIndex(root.MediaType)) return root;
        var offered = new List<string>();
        return await SelectAsync(source, root, platform, offered, [], depth: 0, cancellationToken).ConfigureAwait(false)
            ?? throw new DriftException(ErrorCode.NotFound, $"{root.Digest} has no image for {platform}.",
                offered.Count == 0 ? "Build it for this platform." : $"Ask for one of its platforms with --platform: {string.Join(", ", offered.Distinct(StringComparer.Ordinal).Take(20))}.");
    }

    private static async ValueTask<Descriptor?> SelectAsync(IImageSource source, Descriptor index, Platform platform, List<string> offered, HashSet<Digest> seen, int depth, CancellationToken cancellationToken)
    {
        if (depth > ImageCopy.MaximumDepth) throw ImageCopy.TooDeep(index);
        // An index that lists another many times, which does the same, would never come to an end.
        if (!seen.Add(index.Digest)) return null;
        var bytes = await source.ReadManifestAsync(index, cancellationToken).ConfigureAwait(false);
        foreach (var entry in OciJson.ReadIndex(bytes.Span, index.Digest.ToString()).Manifests)
        {
            if (MediaTypes.IsIndex(entry.MediaType))
            {
                if (await SelectAsync(source, entry, platform, offered, seen, depth + 1, cancellationToken).ConfigureAwait(false) is { } found) return found;
            }
            else if (entry.Platform is { } offer && MediaTypes.IsManifest(entry.MediaType))
            {
                if (offer.Serves(platform)) return entry;
                // Attestations are listed as images for unknown/unknown.
                if (offer.OperatingSystem != "unknown") offered.Add(offer.ToString());
            }
        }
        return null;
    }
}
