// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A plan for one image index: images, one for each platform. It is immutable, as <see cref="Image"/> is.</summary>
public sealed class MultiPlatformImage
{
    private const int MaximumDepth = 8;
    private readonly IReadOnlyDictionary<string, string>? _annotations;

    /// <summary>Plans an index of <paramref name="images"/>, listed in this order.</summary>
    public MultiPlatformImage(IEnumerable<Image> images)
        : this([.. images ?? throw new ArgumentNullException(nameof(images))], null)
    {
    }

    private MultiPlatformImage(IReadOnlyList<Image> images, IReadOnlyDictionary<string, string>? annotations)
    {
        Images = images;
        _annotations = annotations;
        if (Images.Count == 0) throw new ArgumentException("There is no image.", nameof(images));
        if (Images.DistinctBy(image => Identity(image.Platform), StringComparer.Ordinal).Count() != Images.Count)
        {
            throw new ArgumentException("Two images are for the same platform.", nameof(images));
        }
    }

    /// <summary>The images, in the order in which the index lists them.</summary>
    public IReadOnlyList<Image> Images { get; }

    /// <summary>
    /// The images that an index lists, to be built upon; those of nested indexes become part of one list. What the index lists besides
    /// images, such as attestations, is about the old images and left out. Of two images for one platform the first is taken, as engines do.
    /// </summary>
    /// <exception cref="DriftException">The index is damaged, nests too deeply, or lists no container image.</exception>
    public static async ValueTask<MultiPlatformImage> FromAsync(IImageSource source, Descriptor index, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(index);
        var images = new List<Image>();
        var annotations = await CollectAsync(source, index, images, [], depth: 0, cancellationToken).ConfigureAwait(false);
        if (images.Count == 0) throw new DriftException(ErrorCode.NotFound, $"{index.Digest} lists no container image.", "Name an image that a container engine can run.");
        return new MultiPlatformImage([.. images.DistinctBy(image => Identity(image.Platform), StringComparer.Ordinal)], annotations);
    }

    /// <summary>Changes every image in the same way.</summary>
    public MultiPlatformImage WithEach(Func<Image, Image> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new MultiPlatformImage([.. Images.Select(change)], _annotations);
    }

    /// <summary>Keeps the images for some platforms.</summary>
    /// <exception cref="DriftException">One of the platforms is not there; the hint lists those that are.</exception>
    public MultiPlatformImage WithPlatforms(IReadOnlyCollection<Platform> platforms)
    {
        ArgumentNullException.ThrowIfNull(platforms);
        foreach (var platform in platforms)
        {
            if (Images.Any(image => image.Platform.Serves(platform))) continue;
            throw new DriftException(ErrorCode.NotFound, $"There is no image for {platform}.", $"Ask for one of its platforms: {string.Join(", ", Images.Select(image => image.Platform))}.");
        }
        return new MultiPlatformImage([.. Images.Where(image => platforms.Any(image.Platform.Serves))], _annotations);
    }

    /// <summary>Sets the index's annotations.</summary>
    public MultiPlatformImage WithAnnotations(IReadOnlyDictionary<string, string> annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return new MultiPlatformImage(Images, annotations);
    }

    /// <summary>Packs every image, then the index that lists them. A layer that several images have is packed once.</summary>
    public async ValueTask<PackedIndex> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var packed = new List<PackedImage>(Images.Count);
        var layers = new Dictionary<Layer, PackedLayer>(ReferenceEqualityComparer.Instance);
        foreach (var image in Images) packed.Add(await image.PackSharedAsync(sink, options ?? new PackOptions(), layers, cancellationToken).ConfigureAwait(false));
        var index = new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. packed.Zip(Images, static (image, plan) => image.Descriptor with { Platform = plan.Platform })],
            Annotations = _annotations,
        };
        var bytes = OciJson.Write(index);
        var descriptor = Descriptor.Of(MediaTypes.OciIndex, bytes);
        await sink.WriteManifestAsync(descriptor, bytes, cancellationToken).ConfigureAwait(false);
        return new PackedIndex(descriptor, index, packed);
    }

    private static async ValueTask<IReadOnlyDictionary<string, string>?> CollectAsync(IImageSource source, Descriptor descriptor, List<Image> images, HashSet<Digest> seen, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaximumDepth) throw new DriftException(ErrorCode.InvalidContent, $"Indexes nest deeper than {MaximumDepth} levels at {descriptor.Digest}.", "Do not use this image; it is hostile or damaged.");
        // An index that lists another many times, which does the same, would never come to an end.
        if (!seen.Add(descriptor.Digest)) return null;
        var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        var index = OciJson.ReadIndex(bytes.Span, descriptor.Digest.ToString());
        foreach (var entry in index.Manifests)
        {
            if (MediaTypes.IsIndex(entry.MediaType)) await CollectAsync(source, entry, images, seen, depth + 1, cancellationToken).ConfigureAwait(false);
            else if (MediaTypes.IsManifest(entry.MediaType) && entry.ArtifactType is null && entry.Platform?.OperatingSystem != "unknown" && seen.Add(entry.Digest))
            {
                images.Add(await Image.FromAsync(source, entry, cancellationToken).ConfigureAwait(false));
            }
        }
        return index.Annotations;
    }

    // Images for Windows differ in the version of the system only.
    private static string Identity(Platform platform) => $"{platform} {(platform.OtherMembers?.TryGetValue("os.version", out var version) == true ? version : "")}";
}
