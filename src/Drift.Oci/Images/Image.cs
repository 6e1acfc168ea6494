// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Oci;

/// <summary>
/// A plan for one image of one platform. It is immutable: each <c>With…</c> returns another plan, and nothing is read or written
/// before <see cref="PackAsync"/>, but for what <see cref="FromAsync"/> reads of a base: its manifest and its config.
/// </summary>
public sealed class Image
{
    private readonly ImagePlan _plan;

    private Image(ImagePlan plan) => _plan = plan;

    /// <summary>The platform that the image is for.</summary>
    public Platform Platform => _plan.Platform;

    /// <summary>The layers, the lowest first.</summary>
    public IReadOnlyList<Layer> Layers => [.. _plan.Steps.Select(step => step.Layer).OfType<Layer>()];

    /// <summary>How a container of this image is run.</summary>
    public ContainerConfig Config => _plan.Config;

    /// <summary>The manifest's annotations; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Annotations => _plan.Annotations;

    /// <summary>An image without any layer.</summary>
    public static Image Scratch(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return new Image(new ImagePlan(platform));
    }

    /// <summary>
    /// An image that exists, to be built upon: its layers, its config with all that this version does not know, its history and its
    /// annotations. Only manifest and config are read; a layer is copied when it is packed into a sink that lacks it. An image in Docker's
    /// format becomes one in OCI's. Packed without any change, an OCI image keeps every byte.
    /// </summary>
    /// <param name="source">Where the image is. It must stay open until the image has been packed.</param>
    /// <param name="manifest">The image's manifest; an entry of an index brings its platform and its annotations along.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DriftException">It is an index, no container image, or damaged.</exception>
    public static async ValueTask<Image> FromAsync(IImageSource source, Descriptor manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(manifest);
        var image = await BaseImage.ReadAsync(source, manifest, cancellationToken).ConfigureAwait(false);
        return new Image(new ImagePlan(manifest.Platform ?? image.Config.Platform)
        {
            Steps = image.Steps(),
            Config = image.Config.Config ?? new ContainerConfig(),
            BaseConfig = image.Config,
            Annotations = image.Manifest.Annotations,
            DescriptorAnnotations = manifest.Annotations,
            Author = image.Config.Author,
            Unchanged = image,
        });
    }

    /// <summary>Puts a layer on top.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="createdBy">What the image's history says made it, for example a command line; null for <c>drift</c>.</param>
    public Image WithLayer(Layer layer, string? createdBy = null)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return With(plan => plan with { Steps = [.. plan.Steps, new ImageStep(layer, null, createdBy ?? "drift")] });
    }

    /// <summary>Changes how a container of this image is run.</summary>
    public Image WithConfig(Func<ContainerConfig, ContainerConfig> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return With(plan => plan with { Config = change(plan.Config) });
    }

    /// <summary>Sets the manifest's annotations.</summary>
    public Image WithAnnotations(IReadOnlyDictionary<string, string> annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        return With(plan => plan with { Annotations = annotations });
    }

    /// <summary>Sets the annotations of the descriptor by which an index lists this image.</summary>
    public Image WithDescriptorAnnotations(IReadOnlyDictionary<string, string> annotations)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        // They stand outside of the image, whose bytes stay as they are.
        return new Image(_plan with { DescriptorAnnotations = annotations });
    }

    /// <summary>Says who made the image.</summary>
    public Image WithAuthor(string? author) => With(plan => plan with { Author = author });

    /// <summary>
    /// Says when the image was made. Otherwise that is <see cref="PackOptions.Epoch"/>, or the base image's time where that is later.
    /// </summary>
    public Image WithCreated(DateTimeOffset created) => With(plan => plan with { Created = created });

    /// <summary>Says that the image is for another platform; the layers stay as they are.</summary>
    public Image WithPlatform(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return With(plan => plan with { Platform = platform, IsPlatformChanged = true });
    }

    /// <summary>
    /// Puts what this image adds to <paramref name="oldBase"/> onto <paramref name="newBase"/>. The config stays this image's; the history
    /// below is the new base's.
    /// </summary>
    /// <exception cref="DriftException">The layers of the old base are not the lowest of this image, or the platforms differ.</exception>
    public Image Rebase(Image oldBase, Image newBase)
    {
        ArgumentNullException.ThrowIfNull(oldBase);
        ArgumentNullException.ThrowIfNull(newBase);
        var below = oldBase.Layers;
        var own = Layers;
        var same = own.Zip(below).TakeWhile(pair => pair is { First: PackedLayer a, Second: PackedLayer b } && a.DiffId == b.DiffId).Count();
        if (same < below.Count)
        {
            throw new DriftException(ErrorCode.NotSupported,
                $"The image does not stand on the old base: layer {same + 1} of {below.Count} is {(same < own.Count ? "another" : "not there")}.",
                "Name the very version of the base that the image was built from.");
        }
        if (!newBase.Platform.Serves(Platform))
        {
            throw new DriftException(ErrorCode.NotSupported, $"The image is for {Platform} and the new base for {newBase.Platform}.", "Choose the base of the same platform.");
        }
        var steps = StepsAbove(below.Count, oldBase._plan.Steps);
        return With(plan => plan with { Steps = [.. newBase._plan.Steps, .. steps] });
    }

    /// <summary>
    /// Makes one layer of the topmost <paramref name="count"/>: what they add together, deletions applied. The layers below stay as they are.
    /// Packing reads the merged layers twice and keeps only names in memory.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer layers, or one of them is not packed yet.</exception>
    public Image Squash(int count, string? createdBy = null)
    {
        var layers = Layers;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, layers.Count);
        var merged = layers.TakeLast(count).Select(layer => layer as PackedLayer ?? throw new ArgumentException("A layer is not packed yet.", nameof(count))).ToArray();
        var below = layers.Count - count;
        return With(plan => plan with
        {
            Steps = [.. StepsOf(plan.Steps, below), new ImageStep(new SquashedLayer(merged, isBottom: below == 0), null, createdBy ?? "drift squash")],
        });
    }

    /// <summary>Makes one layer of all; an image without layers stays as it is.</summary>
    public Image Flatten() => Layers.Count == 0 ? this : Squash(Layers.Count, "drift flatten");

    /// <summary>
    /// Takes files out of the layers that are packed already. A layer that holds a match is written anew; all others keep their bytes. A
    /// file that goes on under another name, as a hard link, keeps its content. Packing reads every layer, and twice those that change.
    /// </summary>
    /// <param name="patterns">What is taken out: paths as the layers' archives have them, without a slash at their start. What is below a match goes too.</param>
    public Image WithoutFiles(DockerIgnore patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return With(plan => plan with { Steps = [.. plan.Steps.Select(step => step.Layer is PackedLayer packed ? step with { Layer = new StrippedLayer(packed, patterns) } : step)] });
    }

    /// <summary>
    /// Packs the layers, then the config, then the manifest into <paramref name="sink"/>. The same plan, options and file contents give
    /// the same bytes on any machine.
    /// </summary>
    public ValueTask<PackedImage> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return PackSharedAsync(sink, options ?? new PackOptions(), new Dictionary<Layer, PackedLayer>(ReferenceEqualityComparer.Instance), cancellationToken);
    }

    /// <summary>Packs into a sink that has the layers in <paramref name="packed"/>, and adds its own to them: what images share is packed once.</summary>
    internal async ValueTask<PackedImage> PackSharedAsync(IImageSink sink, PackOptions options, Dictionary<Layer, PackedLayer> packed, CancellationToken cancellationToken)
    {
        var layers = new List<PackedLayer>(_plan.Steps.Count);
        foreach (var layer in Layers)
        {
            if (!packed.TryGetValue(layer, out var there)) packed.Add(layer, there = await layer.PackAsync(sink, options, cancellationToken).ConfigureAwait(false));
            layers.Add(there);
        }

        var config = _plan.Unchanged?.Config ?? ConfigOf(layers, options);
        var configBytes = _plan.Unchanged?.ConfigBytes ?? OciJson.Write(config);
        var configDescriptor = Descriptor.Of(MediaTypes.OciConfig, configBytes.Span);
        await sink.WriteBlobAsync(configDescriptor, configBytes, cancellationToken).ConfigureAwait(false);

        var keeps = _plan.Unchanged is { } image && (image.Manifest.MediaType ?? image.Descriptor.MediaType) == MediaTypes.OciManifest;
        var manifest = keeps ? _plan.Unchanged!.Manifest : new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = configDescriptor,
            Layers = [.. layers.Select(layer => layer.Descriptor)],
            Annotations = _plan.Annotations,
        };
        var manifestBytes = keeps ? _plan.Unchanged!.ManifestBytes : OciJson.Write(manifest);
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, manifestBytes.Span);
        await sink.WriteManifestAsync(descriptor, manifestBytes, cancellationToken).ConfigureAwait(false);
        return new PackedImage(descriptor with { Annotations = _plan.DescriptorAnnotations }, manifest, config);
    }

    /// <summary>The steps that end with the given number of layers, and the ones after it that an equal base has too.</summary>
    private List<ImageStep> StepsAbove(int layers, IReadOnlyList<ImageStep> baseSteps)
    {
        var above = _plan.Steps.Skip(StepsOf(_plan.Steps, layers).Count).ToList();
        var trailing = baseSteps.Reverse().TakeWhile(step => step.Layer is null).Count();
        var shared = Math.Min(trailing, above.TakeWhile(step => step.Layer is null).Count());
        return above[shared..];
    }

    /// <summary>The first steps, up to and with the given number of layers.</summary>
    private static List<ImageStep> StepsOf(IReadOnlyList<ImageStep> steps, int layers)
    {
        var taken = new List<ImageStep>();
        foreach (var step in steps)
        {
            if (layers == 0) break;
            taken.Add(step);
            if (step.Layer is not null) layers--;
        }
        return taken;
    }

    private ImageConfig ConfigOf(List<PackedLayer> layers, PackOptions options)
    {
        var epoch = DateTimeOffset.FromUnixTimeSeconds(options.Epoch);
        var created = Rfc3339(_plan.Created ?? epoch);
        var baseConfig = _plan.BaseConfig;
        // An image is not older than what it is built on.
        if (_plan.Created is null && DateTimeOffset.TryParse(baseConfig?.Created, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var baseTime) && baseTime > epoch)
        {
            created = baseConfig!.Created!;
        }
        var config = baseConfig ?? new ImageConfig { Architecture = Platform.Architecture, OperatingSystem = Platform.OperatingSystem, Variant = Platform.Variant, Rootfs = new RootFileSystem { DiffIds = [] } };
        if (_plan.IsPlatformChanged) config = config with { Architecture = Platform.Architecture, OperatingSystem = Platform.OperatingSystem, Variant = Platform.Variant };
        return config with
        {
            Created = created,
            Author = _plan.Author,
            Config = _plan.Config,
            Rootfs = config.Rootfs with { DiffIds = layers.ConvertAll(static layer => layer.DiffId) },
            // Some consumers refuse an image whose history does not have one entry for each layer.
            History = [.. _plan.Steps.Select(step => step.History(created))],
        };
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private Image With(Func<ImagePlan, ImagePlan> change) => new(change(_plan) with { Unchanged = null });
}
