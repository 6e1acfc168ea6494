// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Copies images between any two stores. What the destination has is not read.</summary>
public static class ImageCopy
{
    /// <summary>How deep indexes may nest: an attack, not an image, goes deeper.</summary>
    internal const int MaximumDepth = 8;

    /// <summary>
    /// Copies a manifest, or an index and all it lists, with configs and layers, several at once. Each manifest is written after all that it
    /// needs, and the root last, so that the destination never shows an image that is not complete.
    /// </summary>
    /// <param name="source">Where the image is.</param>
    /// <param name="root">Its manifest, or an index.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="jobs">How many blobs travel at once; null for what both ends are known to take.</param>
    /// <param name="cancellationToken">Stops the copy; the destination keeps the blobs that are complete.</param>
    public static async Task CopyAsync(IImageSource source, Descriptor root, IImageSink destination, int? jobs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(destination);
        var contents = new ImageContents(source);
        await contents.AddAsync(root, cancellationToken).ConfigureAwait(false);
        await CopyContentsAsync(source, contents, destination, jobs, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Copies a manifest, or an index and all it lists, as <see cref="CopyAsync"/> does, with all that refers to any of these manifests, as
    /// signatures do, and all that refers to that. What refers comes after what it refers to, and before the image gets a tag.
    /// </summary>
    /// <inheritdoc cref="CopyAsync" path="/param"/>
    public static async Task CopyWithReferrersAsync(IReferrerSource source, Descriptor root, IImageSink destination, int? jobs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(destination);
        var contents = new ImageContents(source);
        await contents.AddAsync(root, cancellationToken).ConfigureAwait(false);
        await contents.AddReferrersAsync(source, cancellationToken).ConfigureAwait(false);
        await CopyContentsAsync(source, contents, destination, jobs, cancellationToken).ConfigureAwait(false);
    }

    private static async Task CopyContentsAsync(IImageSource source, ImageContents contents, IImageSink destination, int? jobs, CancellationToken cancellationToken)
    {
        await CopyBlobsAsync(source, contents.Blobs, destination, jobs, cancellationToken).ConfigureAwait(false);
        foreach (var manifest in contents.Manifests)
        {
            await destination.WriteManifestAsync(manifest, await source.ReadManifestAsync(manifest, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    internal static Task CopyBlobsAsync(IImageSource source, IEnumerable<Descriptor> blobs, IImageSink destination, int? jobs, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = jobs ?? Math.Min(Parallelism(source), Parallelism(destination)), CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(blobs, options, (blob, token) => destination.CopyBlobAsync(source, blob, token));
    }

    internal static DriftException TooDeep(Descriptor index) =>
        new(ErrorCode.InvalidContent, $"Indexes nest deeper than {MaximumDepth} levels at {index.Digest}.", "Do not use this image; it is hostile or damaged.");

    internal static DriftException NeitherImageNorIndex(Descriptor descriptor) =>
        new(ErrorCode.NotSupported, $"{descriptor.Digest} is neither an image nor an index: its media type is {descriptor.MediaType}.", "Copy it with a tool for artifacts of this type.");

    private static int Parallelism(object store) => store switch
    {
        Repository repository => repository.Connection.Profile.Parallelism,
        CachedSource cached => Parallelism(cached.Inner),
        ProgressSink shown => Parallelism(shown.Inner),
        _ => 4,
    };
}
