// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>Reads the tree of indexes, manifests and configs below a root.</summary>
internal sealed class InspectTree(IImageSource source, CancellationToken cancellationToken)
{
    private const int MaximumDepth = 8;
    // An index may list one image thousands of times, and an image one layer: a megabyte of them would fill the memory.
    private const int MaximumLayers = 100_000;
    private readonly HashSet<Digest> _indexes = [];
    private int _layers;

    public async Task<InspectNode> ReadAsync(Descriptor descriptor, int depth = 0)
    {
        var isIndex = MediaTypes.IsIndex(descriptor.MediaType);
        var node = new InspectNode
        {
            Kind = isIndex ? "index" : !MediaTypes.IsManifest(descriptor.MediaType) ? "other" : descriptor.Platform is { OperatingSystem: "unknown" } ? "attestation" : "image",
            MediaType = descriptor.MediaType,
            Digest = descriptor.Digest.ToString(),
            Size = descriptor.Size,
            Platform = descriptor.Platform?.ToString(),
            Annotations = descriptor.Annotations,
        };
        if (node.Kind == "other") return node;
        if (depth > MaximumDepth || (isIndex && !_indexes.Add(descriptor.Digest))) return node with { Problem = "listed before, or nested too deep" };
        try
        {
            var bytes = await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
            return isIndex ? await ReadIndexAsync(node, bytes, depth).ConfigureAwait(false) : await ReadManifestAsync(node, bytes).ConfigureAwait(false);
        }
        catch (DriftException e) when (depth > 0 && e.Code is ErrorCode.NotFound or ErrorCode.InvalidContent or ErrorCode.ContentMismatch)
        {
            // An index may list more than a store has; the rest is worth seeing.
            return node with { Problem = e.Message };
        }
    }

    private async Task<InspectNode> ReadIndexAsync(InspectNode node, ReadOnlyMemory<byte> bytes, int depth)
    {
        var index = OciJson.ReadIndex(bytes.Span, node.Digest);
        var manifests = new List<InspectNode>();
        foreach (var entry in index.Manifests) manifests.Add(await ReadAsync(entry, depth + 1).ConfigureAwait(false));
        return node with { Annotations = index.Annotations ?? node.Annotations, Manifests = manifests };
    }

    private async Task<InspectNode> ReadManifestAsync(InspectNode node, ReadOnlyMemory<byte> bytes)
    {
        var manifest = OciJson.ReadManifest(bytes.Span, node.Digest);
        if ((_layers += manifest.Layers.Count) > MaximumLayers) return node with { Problem = $"not listed: there are more than {MaximumLayers} layers" };
        // The config of an artifact is of another type and has no such facts.
        var config = manifest.Config.MediaType is MediaTypes.OciConfig or MediaTypes.DockerConfig
            ? OciJson.ReadConfig(await source.ReadSmallBlobAsync(manifest.Config, cancellationToken).ConfigureAwait(false), manifest.Config.Digest.ToString())
            : null;
        var diffIds = config?.Rootfs.DiffIds.Count == manifest.Layers.Count ? config.Rootfs.DiffIds : null;
        return node with
        {
            Platform = node.Platform ?? config?.Platform.ToString(),
            ImageSize = node.Size + manifest.Config.Size + manifest.Layers.Sum(static layer => layer.Size),
            Annotations = manifest.Annotations ?? node.Annotations,
            Config = Facts(manifest.Config, config),
            Layers = [.. manifest.Layers.Select((layer, i) => new InspectLayer
            {
                Digest = layer.Digest.ToString(),
                MediaType = layer.MediaType,
                Size = layer.Size,
                DiffId = diffIds?[i].ToString(),
            })],
        };
    }

    private static InspectConfig Facts(Descriptor descriptor, ImageConfig? config) => new()
    {
        Digest = descriptor.Digest.ToString(),
        MediaType = descriptor.MediaType,
        Size = descriptor.Size,
        Created = config?.Created,
        Author = config?.Author,
        Entrypoint = config?.Config?.Entrypoint,
        Command = config?.Config?.Command,
        User = config?.Config?.User,
        WorkingDirectory = config?.Config?.WorkingDirectory,
        Ports = config?.Config?.ExposedPorts,
        Environment = config?.Config?.Environment,
        Labels = config?.Config?.Labels,
        StopSignal = config?.Config?.StopSignal,
    };
}
