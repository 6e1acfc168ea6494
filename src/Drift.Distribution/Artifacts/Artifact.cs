// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Files of any kind as one manifest, which ORAS pulls as well (image-spec manifest.md, "Guidelines for Artifact Usage"). The same files give
/// the same manifest: no time is in it.
/// </summary>
public sealed record Artifact
{
    /// <summary>What artifacts are that nobody gave a type, in the words of ORAS.</summary>
    public const string UnknownType = "application/vnd.unknown.artifact.v1";

    private static readonly byte[] Empty = "{}"u8.ToArray();

    /// <summary>What it is, as a media type; null where the config's type tells, and for <see cref="UnknownType"/> where there is no config.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The files and folders.</summary>
    public IReadOnlyList<ArtifactFile> Files { get; init; } = [];

    /// <summary>A file to use as the config, with its media type; null for none.</summary>
    public ArtifactFile? Config { get; init; }

    /// <summary>The manifest or index that this artifact is about; null for none.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>Free-form facts about the artifact.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Writes the artifact; files are streamed, folders compressed on the way. It gets no tag.</summary>
    /// <returns>The manifest.</returns>
    /// <exception cref="DriftException">A file cannot be read, two have the same title, or a title leaves the folder that it is pulled into.</exception>
    public async Task<Descriptor> PackAsync(IImageSink sink, PackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (Files.GroupBy(file => file.Title, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new DriftException(ErrorCode.NotSupported, $"Two files have the title {twice.Key}.", "Name each file once.");
        }
        var config = await PackConfigAsync(sink, cancellationToken).ConfigureAwait(false);
        var layers = new List<Descriptor>();
        foreach (var file in Files) layers.Add(await file.PackAsync(sink, options ?? new PackOptions(), cancellationToken).ConfigureAwait(false));
        // Registries take no manifest without a layer.
        if (layers.Count == 0) layers.Add(await PackEmptyAsync(sink, cancellationToken).ConfigureAwait(false));
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = ArtifactType ?? (Config is null ? UnknownType : null),
            Config = config,
            Layers = layers,
            Subject = Subject is null ? null : new Descriptor { MediaType = Subject.MediaType, Digest = Subject.Digest, Size = Subject.Size },
            Annotations = Annotations is { Count: > 0 } ? new SortedDictionary<string, string>(Annotations.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) : null,
        });
        var descriptor = Descriptor.Of(MediaTypes.OciManifest, manifest);
        await sink.WriteManifestAsync(descriptor, manifest, cancellationToken).ConfigureAwait(false);
        return descriptor;
    }

    private async Task<Descriptor> PackConfigAsync(IImageSink sink, CancellationToken cancellationToken)
    {
        if (Config is null) return await PackEmptyAsync(sink, cancellationToken).ConfigureAwait(false);
        var (descriptor, source) = await FileSource.OpenAsync(Config.Path, Config.MediaType ?? "application/octet-stream", cancellationToken).ConfigureAwait(false);
        await sink.CopyBlobAsync(source, descriptor, cancellationToken).ConfigureAwait(false);
        return descriptor;
    }

    private static async Task<Descriptor> PackEmptyAsync(IImageSink sink, CancellationToken cancellationToken)
    {
        var descriptor = Descriptor.Of(MediaTypes.OciEmpty, Empty);
        await sink.WriteBlobAsync(descriptor, Empty, cancellationToken).ConfigureAwait(false);
        return descriptor;
    }
}
