// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Which images of a repository or a layout go, and which stay. What a tag that stays needs stays with it: images that have another tag, too;
/// what an index lists; and what a referrer refers to. What refers to an image that goes, goes with it.
/// </summary>
public sealed class PrunePlan
{
    private readonly Repository? _repository;
    private readonly OciLayout? _layout;
    private readonly IPackage? _package;
    private readonly IReadOnlyList<PackageVersion> _versions = [];
    private readonly IReadOnlyList<string> _lists;

    private PrunePlan(IPackage package, IReadOnlyList<PackageVersion> versions, (IReadOnlyList<PruneItem> Items, IReadOnlyList<Digest> Order) choice)
    {
        _package = package;
        _versions = versions;
        _lists = [];
        (Items, Order) = choice;
    }

    private PrunePlan(IReferrerSource source, (IReadOnlyList<PruneItem> Items, IReadOnlyList<Digest> Order) choice, IReadOnlyList<string> lists)
    {
        _repository = source as Repository;
        _layout = source as OciLayout;
        _lists = lists;
        (Items, Order) = choice;
    }

    /// <summary>All tags, in the order of versions, then what has none: in a registry only what goes with an image that does.</summary>
    public IReadOnlyList<PruneItem> Items { get; }

    /// <summary>The manifests that a registry is told to delete, in this order.</summary>
    internal IReadOnlyList<Digest> Order { get; }

    /// <summary>Plans for a repository of a registry. Nothing is changed.</summary>
    /// <exception cref="DriftException">What is there cannot be read, so that it is not known what a tag needs.</exception>
    public static async Task<PrunePlan> MakeAsync(Repository repository, PruneRules rules, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(rules);
        var tags = new List<string>();
        await foreach (var tag in repository.ListTagsAsync(cancellationToken).ConfigureAwait(false)) tags.Add(tag.ToString());
        var images = tags.Where(tag => !Referrer.IsTag(tag)).ToArray();
        var entries = new (string? Tag, Descriptor Root)[images.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = PruneChoice.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(images.Index(), options, async (image, token) => entries[image.Index] = (image.Item, await ResolveAsync(repository, image.Item, token).ConfigureAwait(false))).ConfigureAwait(false);
        return new PrunePlan(repository, await new PruneChoice(repository, rules, now).MakeAsync(entries, cancellationToken).ConfigureAwait(false), [.. tags.Where(Referrer.IsTag)]);
    }

    /// <summary>Plans for a repository whose host lists its manifests. Nothing is changed.</summary>
    /// <param name="repository">The repository in the registry, which is read.</param>
    /// <param name="package">The same at its host. There a tag does not go alone, and the age of an image is the time since its push.</param>
    /// <param name="rules">What may go.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DriftException">What is there cannot be read, so that it is not known what a tag needs.</exception>
    public static async Task<PrunePlan> MakeAsync(Repository repository, IPackage package, PruneRules rules, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(rules);
        var versions = await package.ListAsync(cancellationToken).ConfigureAwait(false);
        var entries = new List<(string? Tag, Descriptor Root)>();
        foreach (var version in versions.Where(version => !version.Tags.Any(Referrer.IsTag)))
        {
            var root = await ResolveAsync(repository, version.Digest.ToString(), cancellationToken).ConfigureAwait(false);
            entries.AddRange(version.Tags.DefaultIfEmpty<string?>(null).Select(tag => (tag, root)));
        }
        var choice = new PruneChoice(repository, rules, now) { Versions = versions.ToDictionary(version => version.Digest) };
        return new PrunePlan(package, versions, await choice.MakeAsync([.. entries], cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Plans for a layout. Nothing is changed.</summary>
    /// <exception cref="DriftException">What is there cannot be read, so that it is not known what a tag needs.</exception>
    public static async Task<PrunePlan> MakeAsync(OciLayout layout, PruneRules rules, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(rules);
        var entries = (await layout.ReadEntriesAsync(cancellationToken).ConfigureAwait(false)).Select(entry => (Tag: ImageName.TagOf(entry), Root: entry)).Where(entry => !Referrer.IsTag(entry.Tag)).ToArray();
        return new PrunePlan(layout, await new PruneChoice(layout, rules, now).MakeAsync(entries, cancellationToken).ConfigureAwait(false), []);
    }

    /// <summary>
    /// Deletes what goes, what points before what it points at: whoever is stopped leaves nothing that points at nothing, and can go on by
    /// another plan. The blobs of a layout stay until <see cref="OciLayout.CollectGarbageAsync"/>, those of a registry until it collects them.
    /// </summary>
    /// <exception cref="DriftException">The registry refuses to delete, or the layout cannot be written.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken = default)
    {
        if (_layout is not null)
        {
            await _layout.RemoveAsync(entry => Items.Any(item => item.IsDeleted && item.Digest == entry.Digest && item.Tag == ImageName.TagOf(entry)), Order.ToHashSet(), cancellationToken).ConfigureAwait(false);
            return;
        }
        if (_package is not null)
        {
            foreach (var digest in Order)
            {
                foreach (var version in _versions.Where(version => version.Tags.Contains(Referrer.TagOf(digest), StringComparer.Ordinal)).Concat(_versions.Where(version => version.Digest == digest))) await _package.DeleteAsync(version, cancellationToken).ConfigureAwait(false);
            }
            return;
        }
        // Tags of images that stay; the others go with their images.
        foreach (var item in Items.Where(item => item is { IsDeleted: true, Tag: not null } && !Order.Contains(item.Digest))) await _repository!.DeleteAsync(item.Tag!, cancellationToken).ConfigureAwait(false);
        foreach (var digest in Order)
        {
            if (_lists.Contains(Referrer.TagOf(digest), StringComparer.Ordinal)) await IgnoringAbsentAsync(() => _repository!.DeleteAsync(Referrer.TagOf(digest), cancellationToken)).ConfigureAwait(false);
            await IgnoringAbsentAsync(() => _repository!.DeleteAsync(digest.ToString(), cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>What a tag stands for; of a type that is not known, its digest alone.</summary>
    private static async Task<Descriptor> ResolveAsync(Repository repository, string tag, CancellationToken cancellationToken)
    {
        try
        {
            return await repository.ResolveAsync(tag, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotSupported)
        {
            return await repository.FindDigestAsync(tag, cancellationToken).ConfigureAwait(false) is { } digest ? new Descriptor { MediaType = "application/octet-stream", Digest = digest, Size = 0 } : throw new DriftException(ErrorCode.NotFound, $"{repository.Host}/{repository.Name}:{tag} is gone.", "Try again.", e);
        }
    }

    /// <summary>What another has deleted meanwhile is gone, as it should be.</summary>
    private static async Task IgnoringAbsentAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotFound)
        {
        }
    }
}
