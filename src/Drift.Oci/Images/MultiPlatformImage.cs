// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A plan for one image index: images, one for each platform.</summary>
public sealed class MultiPlatformImage
{
    private readonly IReadOnlyList<Image> _images;

    /// <summary>Plans an index of <paramref name="images"/>, listed in this order.</summary>
    public MultiPlatformImage(IEnumerable<Image> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        _images = [.. images];
        if (_images.Count == 0) throw new ArgumentException("There is no image.", nameof(images));
        if (_images.DistinctBy(image => image.Platform.ToString(), StringComparer.Ordinal).Count() != _images.Count)
        {
            throw new ArgumentException("Two images are for the same platform.", nameof(images));
        }
    }

    /// <summary>Packs every image, then the index that lists them.</summary>
    public async ValueTask<PackedIndex> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var packed = new List<PackedImage>(_images.Count);
        foreach (var image in _images) packed.Add(await image.PackAsync(sink, options, cancellationToken).ConfigureAwait(false));
        var index = new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. packed.Select(image => image.Descriptor with { Platform = image.Config.Platform })],
        };
        var bytes = OciJson.Write(index);
        var descriptor = Descriptor.Of(MediaTypes.OciIndex, bytes);
        await sink.WriteManifestAsync(descriptor, bytes, cancellationToken).ConfigureAwait(false);
        return new PackedIndex(descriptor, index, packed);
    }
}
