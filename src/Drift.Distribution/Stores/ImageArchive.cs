// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Writes one tar that everyone reads: an OCI layout, and with <c>manifest.json</c>, which points at the same blobs, also what
/// <c>docker save</c> writes. Fixed times, owners and order: the same image gives the same bytes.
/// </summary>
internal sealed class ImageArchive
{
    private readonly IImageSource _source;
    private readonly ImageContents _contents;
    private readonly IReadOnlyList<Descriptor> _entries;
    private readonly DockerArchiveManifest? _docker;

    private ImageArchive(IImageSource source, ImageContents contents, IReadOnlyList<Descriptor> entries, DockerArchiveManifest? docker)
    {
        _source = source;
        _contents = contents;
        _entries = entries;
        _docker = docker;
    }

    /// <summary>An archive for whoever reads layouts. It has a <c>manifest.json</c> when it holds one image that can be in it.</summary>
    /// <param name="source">Where the image is.</param>
    /// <param name="root">The entry of <c>index.json</c>: the image or the index, with its name.</param>
    /// <param name="lists">More entries: the lists of what refers to the image.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<ImageArchive> OfLayoutAsync(IImageSource source, Descriptor root, IReadOnlyList<Descriptor> lists, CancellationToken cancellationToken)
    {
        var contents = await ReadAsync(source, root, cancellationToken).ConfigureAwait(false);
        // Which of several it was would depend on the machine that writes. Attestations are listed as images for unknown/unknown.
        var images = contents.All.Where(content => MediaTypes.IsManifest(content.MediaType) && content.Platform?.OperatingSystem != "unknown").Take(2).ToArray();
        var manifest = images is [var only] ? await ReadManifestAsync(source, only, cancellationToken).ConfigureAwait(false) : null;
        var docker = manifest is not null && MediaTypes.IsConfig(manifest.Config.MediaType) && manifest.Layers.All(DockerArchive.CanHold) ? DockerArchive.ManifestOf(manifest, null) : null;
        foreach (var list in lists) await contents.AddAsync(list, cancellationToken).ConfigureAwait(false);
        return new ImageArchive(source, contents, [root, .. lists], docker);
    }

    /// <summary>An archive for Docker: <c>manifest.json</c> has the image of this platform; the layout has all.</summary>
    /// <param name="source">Where the image is.</param>
    /// <param name="root">The image or the index.</param>
    /// <param name="name">What the image is to be called; null for no name.</param>
    /// <param name="platform">The platform that is taken from an index.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DriftException">Docker's format cannot hold the image, or the index has none for the platform.</exception>
    public static async Task<ImageArchive> OfDockerAsync(IImageSource source, Descriptor root, ImageReference? name, Platform platform, CancellationToken cancellationToken)
    {
        var image = await source.SelectPlatformAsync(root, platform, cancellationToken).ConfigureAwait(false);
        var manifest = await ReadManifestAsync(source, image, cancellationToken).ConfigureAwait(false);
        if (manifest.Layers.FirstOrDefault(layer => !DockerArchive.CanHold(layer)) is { } strange)
        {
            throw new DriftException(ErrorCode.NotSupported, $"A docker-archive cannot hold the layer {strange.Digest}, which is of the type {strange.MediaType}.", "Build the image with gzip layers (--compression gzip), or write an oci-archive.");
        }
        var contents = await ReadAsync(source, root, cancellationToken).ConfigureAwait(false);
        return new ImageArchive(source, contents, [ImageName.With(root, name)], DockerArchive.ManifestOf(manifest, name));
    }

    /// <summary>Writes the archive; the stream stays open.</summary>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output);
        await WriteSmallAsync("oci-layout", OciLayout.Marker).ConfigureAwait(false);
        await WriteSmallAsync("index.json", OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = _entries })).ConfigureAwait(false);
        if (_docker is not null) await WriteSmallAsync("manifest.json", JsonSerializer.SerializeToUtf8Bytes([_docker], DockerArchiveJsonContext.Default.DockerArchiveManifestArray)).ConfigureAwait(false);
        foreach (var content in _contents.All)
        {
            if (MediaTypes.IsIndex(content.MediaType) || MediaTypes.IsManifest(content.MediaType))
            {
                await WriteSmallAsync(BlobName(content), await _source.ReadManifestAsync(content, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                continue;
            }
            var stream = await _source.OpenBlobAsync(content, cancellationToken).ConfigureAwait(false);
            await using var _ = stream.ConfigureAwait(false);
            await tar.WriteAsync(new TarEntry { Path = BlobName(content), Type = TarEntryType.File, Size = content.Size }, stream, cancellationToken).ConfigureAwait(false);
        }
        await tar.FinishAsync(cancellationToken).ConfigureAwait(false);

        async Task WriteSmallAsync(string path, ReadOnlyMemory<byte> bytes)
        {
            using var stream = new MemoryStream(bytes.ToArray());
            await tar.WriteAsync(new TarEntry { Path = path, Type = TarEntryType.File, Size = bytes.Length }, stream, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where a blob is in the archive.</summary>
    public static string BlobName(Descriptor blob) => $"blobs/{blob.Digest.Algorithm}/{blob.Digest.Hex}";

    private static async Task<ImageContents> ReadAsync(IImageSource source, Descriptor root, CancellationToken cancellationToken)
    {
        var contents = new ImageContents(source);
        await contents.AddAsync(root, cancellationToken).ConfigureAwait(false);
        return contents;
    }

    private static async Task<ImageManifest> ReadManifestAsync(IImageSource source, Descriptor image, CancellationToken cancellationToken) =>
        OciJson.ReadManifest((await source.ReadManifestAsync(image, cancellationToken).ConfigureAwait(false)).Span, image.Digest.ToString());
}
