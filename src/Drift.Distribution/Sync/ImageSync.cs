// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Makes an image the same in two places: what is the same already costs one request without a body on either side.</summary>
/// <param name="Source">The image.</param>
/// <param name="Target">Where it goes, with a tag.</param>
public sealed record ImageSync(ImageLocation Source, ImageLocation Target)
{
    /// <summary>The platforms to copy; empty for all, and the image as it is.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>Whether what refers to the image is copied, too. It is looked for even where the image is the same.</summary>
    public bool Referrers { get; init; }

    /// <summary>Compares, and copies what differs.</summary>
    /// <param name="registries">Speaks to registries.</param>
    /// <param name="check">Only compares.</param>
    /// <param name="progress">Told how far blobs have come; null for nobody.</param>
    /// <param name="cancellationToken">Stops the copy; the target keeps the blobs that are complete.</param>
    /// <returns>What became of it, and the digest that the target has, or would have.</returns>
    public async Task<(SyncState State, Digest Digest)> RunAsync(RegistryClient registries, bool check = false, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registries);
        var there = await FindAsync(Target, registries, cancellationToken).ConfigureAwait(false);
        if (Platforms.Count == 0 && !Referrers && there is not null && await FindAsync(Source, registries, cancellationToken).ConfigureAwait(false) == there) return (SyncState.Unchanged, there.Value);
        var origin = await ImageOrigin.OpenAsync(Source, registries, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var root = Platforms is [var only] ? await origin.Source.SelectPlatformAsync(origin.Root, only, cancellationToken).ConfigureAwait(false) : origin.Root;
        var some = Platforms.Count > 1 ? (await MultiPlatformImage.FromAsync(origin.Source, root, cancellationToken).ConfigureAwait(false)).WithPlatforms(Platforms) : null;
        // Packed into nothing, the index of some platforms tells its digest.
        if (some is not null) root = (await some.PackAsync(DiscardSink.Instance, cancellationToken: cancellationToken).ConfigureAwait(false)).Descriptor;
        if (there == root.Digest && (!Referrers || await HasReferrersAsync((IReferrerSource)origin.Source, root, registries, cancellationToken).ConfigureAwait(false))) return (SyncState.Unchanged, root.Digest);
        if (check) return (SyncState.Different, root.Digest);

        var destination = await ImageDestination.OpenAsync(Target, null, registries, cancellationToken).ConfigureAwait(false);
        await using var __ = destination.ConfigureAwait(false);
        var sink = progress is null ? destination.Sink : new ProgressSink(destination.Sink, progress);
        if (some is not null) await some.PackAsync(sink, cancellationToken: cancellationToken).ConfigureAwait(false);
        else if (Referrers) await ImageCopy.CopyWithReferrersAsync((IReferrerSource)origin.Source, root, sink, cancellationToken: cancellationToken).ConfigureAwait(false);
        else await ImageCopy.CopyAsync(origin.Source, root, sink, cancellationToken: cancellationToken).ConfigureAwait(false);
        await destination.CompleteAsync(root, cancellationToken).ConfigureAwait(false);
        return (SyncState.Copied, root.Digest);
    }

    /// <summary>Lists the tags of a repository in a registry, or of a layout; none of a layout that is not there yet.</summary>
    internal static async Task<IReadOnlyList<string>> ListTagsAsync(ImageLocation repository, RegistryClient registries, CancellationToken cancellationToken)
    {
        if (repository.Reference is not { } reference) return await OciLayout.Open(repository.Path).ListTagsAsync(cancellationToken).ConfigureAwait(false);
        var tags = new List<string>();
        await foreach (var tag in registries.Open(reference).ListTagsAsync(cancellationToken).ConfigureAwait(false)) tags.Add(tag.ToString());
        return tags;
    }

    private static async Task<Digest?> FindAsync(ImageLocation location, RegistryClient registries, CancellationToken cancellationToken)
    {
        if (location.Reference is { } reference) return await registries.Open(reference).FindDigestAsync(reference.Target, cancellationToken).ConfigureAwait(false);
        try
        {
            return (await OciLayout.Open(location.Path).ResolveAsync(location.Name, cancellationToken).ConfigureAwait(false)).Digest;
        }
        catch (DriftException e) when (e.Code is ErrorCode.NotFound or ErrorCode.SourceNotFound)
        {
            return null;
        }
    }

    /// <summary>Whether the target lists everything that refers to the image and to its parts.</summary>
    private async Task<bool> HasReferrersAsync(IReferrerSource source, Descriptor root, RegistryClient registries, CancellationToken cancellationToken)
    {
        var contents = new ImageContents(source);
        await contents.AddAsync(root, cancellationToken).ConfigureAwait(false);
        await contents.AddReferrersAsync(source, cancellationToken).ConfigureAwait(false);
        IReferrerSource target = Target.Reference is { } reference ? registries.Open(reference) : OciLayout.Open(Target.Path);
        foreach (var manifest in contents.Manifests)
        {
            var wanted = await source.ListReferrersAsync(manifest.Digest, null, cancellationToken).ConfigureAwait(false);
            if (wanted.Count == 0) continue;
            var there = (await target.ListReferrersAsync(manifest.Digest, null, cancellationToken).ConfigureAwait(false)).Select(referrer => referrer.Digest).ToHashSet();
            if (wanted.Any(referrer => contents.Contains(referrer.Digest) && !there.Contains(referrer.Digest))) return false;
        }
        return true;
    }
}
