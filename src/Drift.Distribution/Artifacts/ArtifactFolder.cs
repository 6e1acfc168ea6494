// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Pulls artifacts into a folder. What they hold is collected in a hidden folder, checked, and moved at the end: titles, paths in archives and
/// links come from anyone, and none leads out of the folder.
/// </summary>
public static class ArtifactFolder
{
    /// <summary>Writes the files of an artifact below a folder, which is made when absent. Files of the same names are replaced.</summary>
    /// <param name="source">Where the artifact is.</param>
    /// <param name="root">Its manifest.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="cancellationToken">Stops the pull; nothing is in the folder then.</param>
    /// <returns>The titles of what was written, in the manifest's order. Blobs without a title are left out.</returns>
    /// <exception cref="DriftException">The manifest is no artifact's, content is damaged, a path leads out, or the folder cannot be written to.</exception>
    public static async Task<IReadOnlyList<string>> PullAsync(IImageSource source, Descriptor root, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!MediaTypes.IsManifest(root.MediaType)) throw new DriftException(ErrorCode.NotSupported, $"{root.Digest} is no artifact: its media type is {root.MediaType}.", "Name one of the manifests that it lists, by its digest.");
        var manifest = OciJson.ReadManifest((await source.ReadManifestAsync(root, cancellationToken).ConfigureAwait(false)).Span, root.Digest.ToString());
        var titles = new List<string>();
        await LocalStore.GuardAsync(directory, async () =>
        {
            // Inside of a folder that is there: the one above may be someone else's.
            using var collected = TemporaryDirectory.CreateBeside(Directory.Exists(directory) ? Path.Combine(directory, "artifact") : directory);
            var files = new ArtifactStage(collected.Path, root.Digest.ToString());
            foreach (var blob in manifest.Layers)
            {
                if (blob.Annotations?.GetValueOrDefault(ArtifactFile.TitleAnnotation) is not { } title) continue;
                if (blob.Annotations.GetValueOrDefault(ArtifactFile.UnpackAnnotation) == "true") await new ArtifactArchive(files, title.TrimEnd('/')).UnpackAsync(source, blob, cancellationToken).ConfigureAwait(false);
                else await PullFileAsync(source, blob, files, title, cancellationToken).ConfigureAwait(false);
                titles.Add(title);
            }
            files.MoveTo(Path.GetFullPath(directory));
            return true;
        }).ConfigureAwait(false);
        return titles;
    }

    private static async Task PullFileAsync(IImageSource source, Descriptor blob, ArtifactStage files, string title, CancellationToken cancellationToken)
    {
        var content = await source.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        var file = files.Create(title, blob.Size);
        await using var __ = file.ConfigureAwait(false);
        await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
    }
}
