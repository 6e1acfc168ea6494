// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Converts images between the formats of OCI and of Docker. Only manifests and indexes change; no layer is compressed anew.</summary>
public static class ImageConversion
{
    /// <summary>
    /// Copies an image, or an index and all it lists, in <paramref name="format"/>, and returns its new descriptor. What is in that format
    /// already keeps its bytes. Docker's format has no annotations, so they are lost on the way to it, and so are entries of an index that
    /// are no images, such as attestations.
    /// </summary>
    /// <exception cref="DriftException">A layer has no media type in that format, for example one compressed by zstd in Docker's.</exception>
    public static async Task<Descriptor> ConvertAsync(IImageSource source, Descriptor root, IImageSink destination, ImageFormat format, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(destination);
        return await ConvertAsync(source, root, destination, format, [], depth: 0, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Descriptor> ConvertAsync(IImageSource source, Descriptor descriptor, IImageSink destination, ImageFormat format, Dictionary<Digest, Descriptor> done, int depth, CancellationToken cancellationToken)
    {
        if (depth > ImageCopy.MaximumDepth) throw ImageCopy.TooDeep(descriptor);
        if (!done.TryGetValue(descriptor.Digest, out var converted))
        {
            converted = MediaTypes.IsIndex(descriptor.MediaType)
                ? await ConvertIndexAsync(source, descriptor, destination, format, done, depth, cancellationToken).ConfigureAwait(false)
                : await ConvertManifestAsync(source, descriptor, destination, format, cancellationToken).ConfigureAwait(false);
            done[descriptor.Digest] = converted;
        }
        return converted;
    }

    private static async Task<Descriptor> ConvertIndexAsync(IImageSource source, Descriptor descriptor, IImageSink destination, ImageFormat format, Dictionary<Digest, Descriptor> done, int depth, CancellationToken cancellationToken)
    {
        var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        var index = OciJson.ReadIndex(bytes.Span, descriptor.Digest.ToString());
        var entries = new List<Descriptor>();
        foreach (var entry in index.Manifests)
        {
            if (format == ImageFormat.Docker && entry.Platform?.OperatingSystem == "unknown") continue;
            var converted = await ConvertAsync(source, entry, destination, format, done, depth + 1, cancellationToken).ConfigureAwait(false);
            entries.Add(entry with { MediaType = converted.MediaType, Digest = converted.Digest, Size = converted.Size, Annotations = format == ImageFormat.Oci ? entry.Annotations : null });
        }
        var mediaType = format == ImageFormat.Oci ? MediaTypes.OciIndex : MediaTypes.DockerIndex;
        if (descriptor.MediaType == mediaType && entries.SequenceEqual(index.Manifests)) return await WriteAsync(destination, mediaType, bytes, cancellationToken).ConfigureAwait(false);
        var written = OciJson.Write(index with { MediaType = mediaType, Manifests = entries, Annotations = format == ImageFormat.Oci ? index.Annotations : null });
        return await WriteAsync(destination, mediaType, written, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Descriptor> ConvertManifestAsync(IImageSource source, Descriptor descriptor, IImageSink destination, ImageFormat format, CancellationToken cancellationToken)
    {
        var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        var manifest = OciJson.ReadManifest(bytes.Span, descriptor.Digest.ToString());
        var mediaType = format == ImageFormat.Oci ? MediaTypes.OciManifest : MediaTypes.DockerManifest;
        var keeps = descriptor.MediaType == mediaType;
        var converted = keeps ? manifest : manifest with
        {
            MediaType = mediaType,
            Config = Convert(manifest.Config, format),
            Layers = [.. manifest.Layers.Select(layer => Convert(layer, format))],
            Annotations = format == ImageFormat.Oci ? manifest.Annotations : null,
        };
        // The types are checked before the first byte travels.
        var blobs = manifest.Layers.Prepend(manifest.Config).DistinctBy(blob => blob.Digest).Where(blob => !MediaTypes.IsForeignLayer(blob.MediaType));
        await ImageCopy.CopyBlobsAsync(source, blobs, destination, jobs: null, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(destination, mediaType, keeps ? bytes : OciJson.Write(converted), cancellationToken).ConfigureAwait(false);
    }

    private static Descriptor Convert(Descriptor blob, ImageFormat format) => format == ImageFormat.Oci
        ? blob with { MediaType = MediaTypes.ToOci(blob.MediaType) }
        : blob with
        {
            MediaType = MediaTypes.ToDocker(blob.MediaType) ?? throw new DriftException(ErrorCode.NotSupported,
                $"Docker's format has no name for {blob.Digest}, which is of the type {blob.MediaType}.", "Build the image with gzip layers, or keep it in OCI's format."),
            Annotations = null,
        };

    private static async Task<Descriptor> WriteAsync(IImageSink destination, string mediaType, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var descriptor = Descriptor.Of(mediaType, bytes.Span);
        await destination.WriteManifestAsync(descriptor, bytes, cancellationToken).ConfigureAwait(false);
        return descriptor;
    }
}
