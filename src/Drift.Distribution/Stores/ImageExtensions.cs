// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Packs images into places.</summary>
public static class ImageExtensions
{
    /// <summary>
    /// Packs an image and makes it visible: under a tag of a registry or a layout, as an archive, or in an engine. Nothing of it is visible
    /// before all of it is there.
    /// </summary>
    /// <exception cref="DriftException">A file of a layer cannot be read, or the place refuses.</exception>
    public static async Task<PackedImage> PackAsync(this Image image, ImageLocation location, PackOptions? options = null, RegistryClient? registries = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var destination = await ImageDestination.OpenAsync(location, image.Platform, registries, cancellationToken).ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var packed = await image.PackAsync(destination.Sink, options, cancellationToken).ConfigureAwait(false);
        await destination.CompleteAsync(packed.Descriptor, cancellationToken).ConfigureAwait(false);
        return packed;
    }

    /// <summary>
    /// Packs the images and their index, and makes them visible together. Docker, which loads one image, takes this machine's platform from
    /// several.
    /// </summary>
    /// <exception cref="DriftException">A file of a layer cannot be read, or the place refuses.</exception>
    public static async Task<PackedIndex> PackAsync(this MultiPlatformImage image, ImageLocation location, PackOptions? options = null, RegistryClient? registries = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var destination = await ImageDestination.OpenAsync(location, image.Images is [var only] ? only.Platform : null, registries, cancellationToken).ConfigureAwait(false);
        await using var _ = destination.ConfigureAwait(false);
        var packed = await image.PackAsync(destination.Sink, options, cancellationToken).ConfigureAwait(false);
        await destination.CompleteAsync(packed.Descriptor, cancellationToken).ConfigureAwait(false);
        return packed;
    }
}
