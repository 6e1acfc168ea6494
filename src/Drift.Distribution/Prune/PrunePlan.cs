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
    private readonly IReadOnlyList<string> _lists;

    private PrunePlan(Repository? repository, OciLayout? layout, (IReadOnlyList<PruneItem> Items, IReadOnlyList<Digest> Order) choice, IReadOnlyList<string> lists)
    {
        _repository = repository;
        _layout = layout;
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
        return new PrunePlan(repository, null, await new PruneChoice(repository, rules, now).MakeAsync(entries, cancellationToken).ConfigureAwait(false), [.. tags.Where(Referrer.IsTag)]);
    }

    /// <summary>Plans for a layout. Nothing is changed.</summary>
    /// <exception cref="DriftException">What is there cannot be read, so that it is not known what a tag needs.</exception>
    public static async Task<PrunePlan> MakeAsync(OciLayout layout, PruneRules rules, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(rules);
        var entries = (await layout.ReadEntriesAsync(cancellationToken).ConfigureAwait(false)).Select(entry => (Tag: ImageName.TagOf(entry), Root: entry)).Where(entry => !Referrer.IsTag(entry.Tag)).ToArray();
        return new PrunePlan(null, layout, await new PruneChoice(layout, rules, now).MakeAsync(entries, cancellationToken).ConfigureAwait(false), []);
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
