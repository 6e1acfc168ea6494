// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// A plan for one image of one platform. It is immutable: each <c>With…</c> returns another plan, and nothing is read or written
/// before <see cref="PackAsync"/>.
/// </summary>
public sealed class Image
{
    private readonly IReadOnlyList<Layer> _layers;
    private readonly ContainerConfig _config;
    private readonly IReadOnlyDictionary<string, string>? _annotations;

    private Image(Platform platform, IReadOnlyList<Layer> layers, ContainerConfig config, IReadOnlyDictionary<string, string>? annotations)
    {
        Platform = platform;
        _layers = layers;
        _config = config;
        _annotations = annotations;
    }

    /// <summary>The platform that the image is for.</summary>
    public Platform Platform { get; }

    /// <summary>An image without any layer.</summary>
    public static Image Scratch(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return new Image(platform, [], new ContainerConfig(), null);
    }

    /// <summary>Puts a layer on top.</summary>
    public Image WithLayer(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new Image(Platform, [.. _layers, layer], _config, _annotations);
    }

    /// <summary>Changes how a container of this image is run.</summary>
    public Image WithConfig(Func<ContainerConfig, ContainerConfig> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new Image(Platform, _layers, change(_config), _annotations);
    }

    /// <summary>Sets the manifest's annotations.</summary>
    public Image WithAnnotations(IReadOnlyDictionary<string, string> annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return new Image(Platform, _layers, _config, annotations);
    }

    /// <summary>
    /// Packs the layers, then the config, then the manifest into <paramref name="sink"/>. The same plan, options and file contents give
    /// the same bytes on any machine with the same .NET runtime (its zlib writes the compressed layers).
    /// </summary>
    public async ValueTask<PackedImage> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new PackOptions();
        var layers = new List<PackedLayer>(_layers.Count);
        foreach (var layer in _layers)
        {
            layers.Add(await layer.PackAsync(sink, options, cancellationToken).ConfigureAwait(false));
        }

        var created = DateTimeOffset.FromUnixTimeSeconds(options.Epoch).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var config = new ImageConfig
        {
            Created = created,
            Architecture = Platform.Architecture,
            OperatingSystem = Platform.OperatingSystem,
            Variant = Platform.Variant,
            Config = _config,
            Rootfs = new RootFileSystem { DiffIds = [.. layers.Select(layer => layer.DiffId)] },
            // Some consumers refuse an image whose history does not have one entry for each layer.
            History = [.. layers.Select(_ => new HistoryEntry { Created = created, CreatedBy = "drift" })],
        };
        var configBytes = OciJson.Write(config);
        var configDescriptor = Descriptor.Of(MediaTypes.OciConfig, configBytes);
        await sink.WriteBlobAsync(configDescriptor, configBytes, cancellationToken).ConfigureAwait(false);

        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = configDescriptor,
            Layers = [.. layers.Select(layer => layer.Descriptor)],
            Annotations = _annotations,
        };
        var manifestBytes = OciJson.Write(manifest);
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, manifestBytes);
        await sink.WriteManifestAsync(descriptor, manifestBytes, cancellationToken).ConfigureAwait(false);
        return new PackedImage(descriptor, manifest, config);
    }
}
