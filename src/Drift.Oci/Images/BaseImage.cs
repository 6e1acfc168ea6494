// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>An image that was read: where it is, and the exact bytes of its manifest and config.</summary>
internal sealed record BaseImage(IImageSource Source, Descriptor Descriptor, ReadOnlyMemory<byte> ManifestBytes, ImageManifest Manifest, ReadOnlyMemory<byte> ConfigBytes, ImageConfig Config)
{
    public static async ValueTask<BaseImage> ReadAsync(IImageSource source, Descriptor descriptor, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsManifest(descriptor.MediaType))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{descriptor.Digest} is not one image: its media type is {descriptor.MediaType}.", "Choose one platform of an index with --platform.");
        }
        var manifestBytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
        var manifest = OciJson.ReadManifest(manifestBytes.Span, descriptor.Digest.ToString());
        if (!MediaTypes.IsConfig(manifest.Config.MediaType))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{descriptor.Digest} is not a container image: its config is of the type {manifest.Config.MediaType}.", "Name an image that a container engine can run.");
        }
        var configBytes = await source.ReadSmallBlobAsync(manifest.Config, cancellationToken).ConfigureAwait(false);
        var config = OciJson.ReadConfig(configBytes, manifest.Config.Digest.ToString());
        if (manifest.Layers.Count != config.Rootfs.DiffIds.Count)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The image {descriptor.Digest} has {manifest.Layers.Count} layers, but its config lists {config.Rootfs.DiffIds.Count}.", "Build or push the image again.");
        }
        return new BaseImage(source, descriptor, manifestBytes, manifest, configBytes, config);
    }

    /// <summary>The layers with the history that belongs to each. A history that does not fit the layers is made to: some consumers refuse it otherwise.</summary>
    public IReadOnlyList<ImageStep> Steps()
    {
        var layers = new Queue<PackedLayer>(Manifest.Layers.Zip(Config.Rootfs.DiffIds, (layer, diffId) =>
            new PackedLayer(layer with { MediaType = MediaTypes.ToOci(layer.MediaType) }, diffId, Source)));
        var history = Config.History ?? [];
        var steps = new List<ImageStep>();
        if (history.Count(entry => entry.EmptyLayer != true) <= layers.Count)
        {
            foreach (var entry in history) steps.Add(new ImageStep(entry.EmptyLayer == true ? null : layers.Dequeue(), entry));
        }
        steps.AddRange(layers.Select(layer => new ImageStep(layer, new HistoryEntry { Created = Config.Created, Comment = "a layer without history" })));
        return steps;
    }
}
