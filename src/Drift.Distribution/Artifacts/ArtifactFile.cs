// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A file, or a folder, that goes into an artifact.</summary>
/// <param name="Path">Where it is on this machine.</param>
/// <param name="Title">Its relative path where the artifact is pulled, parted by <c>/</c>.</param>
/// <param name="MediaType">Its media type; null for that of a layer: a tar, or for a folder a tar compressed by gzip.</param>
public sealed record ArtifactFile(string Path, string Title, string? MediaType = null)
{
    // The words of ORAS, whose artifacts these are.
    internal const string TitleAnnotation = "org.opencontainers.image.title", UnpackAnnotation = "io.deis.oras.content.unpack", DigestAnnotation = "io.deis.oras.content.digest";

    /// <summary>Writes the file as a blob, and returns the manifest's entry for it.</summary>
    internal async Task<Descriptor> PackAsync(IImageSink sink, PackOptions options, CancellationToken cancellationToken)
    {
        if (!ArtifactTitle.IsSafe(Title)) throw new DriftException(ErrorCode.NotSupported, $"'{RegistryAnswer.Printable(Title)}' cannot be the title of a file: it must be a path below the folder that it is pulled into.", "Run the command where the file is, and name it by a relative path without '..'.");
        if (Directory.Exists(Path)) return await PackFolderAsync(sink, options, cancellationToken).ConfigureAwait(false);
        var (descriptor, source) = await FileSource.OpenAsync(Path, MediaType ?? MediaTypes.OciLayer, cancellationToken).ConfigureAwait(false);
        await sink.CopyBlobAsync(source, descriptor, cancellationToken).ConfigureAwait(false);
        return descriptor with { Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [TitleAnnotation] = Title } };
    }

    private async Task<Descriptor> PackFolderAsync(IImageSink sink, PackOptions options, CancellationToken cancellationToken)
    {
        var tree = await FileTree.ReadAsync(Path, cancellationToken: cancellationToken).ConfigureAwait(false);
        var layer = await FileLayer.OfFolder(Title, tree).PackAsync(sink, options, cancellationToken).ConfigureAwait(false);
        return layer.Descriptor with
        {
            MediaType = MediaType ?? layer.Descriptor.MediaType,
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [DigestAnnotation] = layer.DiffId.ToString(),
                [UnpackAnnotation] = "true",
                [TitleAnnotation] = Title,
            },
        };
    }
}
