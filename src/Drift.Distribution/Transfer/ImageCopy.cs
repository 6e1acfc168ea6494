// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Copies images between any two stores. What the destination has is not read.</summary>
public static class ImageCopy
{
    /// <summary>How deep indexes may nest: an attack, not an image, goes deeper.</summary>
    internal const int MaximumDepth = 8;

    /// <summary>
    /// Copies a manifest, or an index and all it lists, with configs and layers. The root is written last, so that the destination never
    /// shows an image that is not complete.
    /// </summary>
    public static async Task CopyAsync(IImageSource source, Descriptor root, IImageSink destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(destination);
        await CopyAsync(source, root, destination, [], depth: 0, cancellationToken).ConfigureAwait(false);
    }

    internal static DriftException TooDeep(Descriptor index) =>
        new(ErrorCode.InvalidContent, $"Indexes nest deeper than {MaximumDepth} levels at {index.Digest}.", "Do not use this image; it is hostile or damaged.");

    internal static DriftException NeitherImageNorIndex(Descriptor descriptor) =>
        new(ErrorCode.NotSupported, $"{descriptor.Digest} is neither an image nor an index: its media type is {descriptor.MediaType}.", "Copy it with a tool for artifacts of this type.");

    private static async Task CopyAsync(IImageSource source, Descriptor descriptor, IImageSink destination, HashSet<Digest> done, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaximumDepth) throw TooDeep(descriptor);
        if (!done.Add(descriptor.Digest)) return;
        var isIndex = MediaTypes.IsIndex(descriptor.MediaType);
        if (!isIndex && !MediaTypes.IsManifest(descriptor.MediaType)) throw NeitherImageNorIndex(descriptor);
        var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (isIndex)
        {
            foreach (var entry in OciJson.ReadIndex(bytes.Span, descriptor.Digest.ToString()).Manifests)
            {
                await CopyAsync(source, entry, destination, done, depth + 1, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            var manifest = OciJson.ReadManifest(bytes.Span, descriptor.Digest.ToString());
            foreach (var blob in manifest.Layers.Prepend(manifest.Config))
            {
                if (done.Add(blob.Digest) && !MediaTypes.IsForeignLayer(blob.MediaType)) await destination.CopyBlobAsync(source, blob, cancellationToken).ConfigureAwait(false);
            }
        }
        await destination.WriteManifestAsync(descriptor, bytes, cancellationToken).ConfigureAwait(false);
    }
}
