// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Checks an image, or an index and all that it lists, against the image specification: every blob is read once, as a stream. Defects
/// become findings; only cancellation and a source that fails throw.
/// </summary>
public sealed class ImageValidator
{
    private const int MaximumDepth = 8;
    private readonly IImageSource _source;
    private readonly FindingBag _findings;
    private readonly HashSet<Digest> _seen = [];
    private readonly Dictionary<(Digest, string, Digest?), bool> _layers = [];
    private readonly List<ValidatedImage> _images = [];

    private ImageValidator(IImageSource source, FindingBag findings)
    {
        _source = source;
        _findings = findings;
    }

    /// <summary>Validates what <paramref name="root"/> points at, and returns the images that were found.</summary>
    public static async Task<IReadOnlyList<ValidatedImage>> ValidateAsync(IImageSource source, Descriptor root, FindingBag findings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(findings);
        var validator = new ImageValidator(source, findings);
        await validator.ValidateAsync(root, "", 0, cancellationToken).ConfigureAwait(false);
        return validator._images;
    }

    private async Task ValidateAsync(Descriptor descriptor, string location, int depth, CancellationToken cancellationToken)
    {
        var isIndex = MediaTypes.IsIndex(descriptor.MediaType);
        var name = location.Length > 0 ? location : isIndex ? "index" : "manifest";
        if (depth > MaximumDepth)
        {
            _findings.Error(FindingId.IndexTooDeep, name, $"Indexes nest deeper than {MaximumDepth} levels.");
            return;
        }
        if (!_seen.Add(descriptor.Digest)) return;
        if (!isIndex && !MediaTypes.IsManifest(descriptor.MediaType))
        {
            _findings.Warning(FindingId.UnknownMediaType, name, $"The media type {descriptor.MediaType} is neither that of an image nor that of an index; its content is not checked.");
            return;
        }
        if (await DocumentReader.ReadAsync(_source, descriptor, isBlob: false, name, _findings, cancellationToken).ConfigureAwait(false) is not { } bytes) return;
        DocumentReader.CheckHead(bytes, descriptor, name, _findings);
        if (isIndex) await ValidateIndexAsync(bytes, descriptor, location, name, depth, cancellationToken).ConfigureAwait(false);
        else await ValidateManifestAsync(bytes, descriptor, location, name, cancellationToken).ConfigureAwait(false);
    }

    private async Task ValidateIndexAsync(byte[] bytes, Descriptor descriptor, string location, string name, int depth, CancellationToken cancellationToken)
    {
        if (DocumentReader.Parse(bytes, json => OciJson.ReadIndex(json, "it"), name, _findings) is not { } index) return;
        if (index.Manifests.Count == 0) _findings.Warning(FindingId.EmptyIndex, name, "The index lists nothing.");
        CheckMix(index.Manifests.Select(entry => entry.MediaType).Append(descriptor.MediaType), name);
        var platforms = index.Manifests.Where(entry => entry.Platform is { OperatingSystem: not "unknown" and not "windows" } && MediaTypes.IsManifest(entry.MediaType));
        foreach (var twice in platforms.GroupBy(entry => entry.Platform!.ToString(), StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            _findings.Warning(FindingId.DuplicatePlatform, name, $"The index lists {twice.Count()} images for {twice.Key}.");
        }
        for (var i = 0; i < index.Manifests.Count; i++)
        {
            await ValidateAsync(index.Manifests[i], $"{(location.Length == 0 ? "" : location + ".")}manifests[{i}]", depth + 1, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ValidateManifestAsync(byte[] bytes, Descriptor descriptor, string location, string name, CancellationToken cancellationToken)
    {
        if (DocumentReader.Parse(bytes, json => OciJson.ReadManifest(json, "it"), name, _findings) is not { } manifest) return;
        CheckMix(manifest.Layers.Select(layer => layer.MediaType).Append(manifest.Config.MediaType).Append(descriptor.MediaType), name);

        var image = new ValidatedImage(location, manifest, NoConfig, false);
        // Attestations are listed as images for unknown/unknown, and artifacts have a config of their own type: their blobs are checked, not read.
        var isArtifact = descriptor.Platform is { OperatingSystem: "unknown" } || manifest.Config.MediaType is not (MediaTypes.OciConfig or MediaTypes.DockerConfig);
        if (isArtifact && descriptor.Platform is not { OperatingSystem: "unknown" })
        {
            _findings.Warning(FindingId.UnknownMediaType, image.Part("config"), $"The media type {manifest.Config.MediaType} is not that of an image's config; its content is not checked.");
        }
        ImageConfig? config = null;
        if (isArtifact) await ValidateLayerAsync(manifest.Config, null, true, image.Part("config"), cancellationToken).ConfigureAwait(false);
        else if (await DocumentReader.ReadAsync(_source, manifest.Config, isBlob: true, image.Part("config"), _findings, cancellationToken).ConfigureAwait(false) is { } configBytes)
        {
            config = DocumentReader.Parse(configBytes, json => OciJson.ReadConfig(json, "it"), image.Part("config"), _findings);
            if (config is not null) ConfigValidator.Validate(config, configBytes, manifest, descriptor.Platform, image.Part("config"), _findings);
        }

        var areReadable = true;
        var diffIds = config?.Rootfs.DiffIds.Count == manifest.Layers.Count ? config.Rootfs.DiffIds : null;
        for (var i = 0; i < manifest.Layers.Count; i++)
        {
            areReadable &= await ValidateLayerAsync(manifest.Layers[i], diffIds?[i], isArtifact, image.Part($"layers[{i}]"), cancellationToken).ConfigureAwait(false);
        }
        if (config is not null) _images.Add(image with { Config = config, HasReadableLayers = areReadable });
    }

    /// <summary>Validates a layer that was not yet, and returns whether it can be read.</summary>
    private async Task<bool> ValidateLayerAsync(Descriptor layer, Digest? diffId, bool isArtifact, string location, CancellationToken cancellationToken)
    {
        var key = (layer.Digest, layer.MediaType + layer.Size.ToString(System.Globalization.CultureInfo.InvariantCulture), diffId);
        if (_layers.TryGetValue(key, out var known)) return known;
        var found = new FindingBag();
        await LayerValidator.ValidateAsync(_source, layer, diffId, isArtifact, location, found, cancellationToken).ConfigureAwait(false);
        _findings.AddAll(found);
        return _layers[key] = !found.HasErrors && !found.Sorted().Any(finding => finding.Id is FindingId.LayerUnreadable or FindingId.UnknownMediaType);
    }

    private void CheckMix(IEnumerable<string> types, string location)
    {
        var all = types.ToArray();
        if (Array.Exists(all, LayerMediaType.IsDocker) && Array.Exists(all, LayerMediaType.IsOci))
        {
            _findings.Warning(FindingId.MixedMediaTypes, location, "Media types of Docker and of OCI are mixed; some registries and engines refuse that.");
        }
    }

    private static ImageConfig NoConfig { get; } = new() { Architecture = "", OperatingSystem = "", Rootfs = new RootFileSystem { DiffIds = [] } };
}
