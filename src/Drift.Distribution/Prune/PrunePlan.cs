// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.IO.Enumeration;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// Which images of a repository or a layout go, and which stay. What a tag that stays needs stays with it: images that have another tag, too;
/// what an index lists; and what a referrer refers to. What refers to an image that goes, goes with it.
/// </summary>
public sealed class PrunePlan
{
    private const int Parallelism = 4;
    private readonly Repository? _repository;
    private readonly OciLayout? _layout;
    private readonly IReadOnlyList<string> _lists;

    private PrunePlan(Repository? repository, OciLayout? layout, IReadOnlyList<PruneItem> items, IReadOnlyList<Digest> order, IReadOnlyList<string> lists)
    {
        _repository = repository;
        _layout = layout;
        Items = items;
        Order = order;
        _lists = lists;
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
        var entries = new (string? Tag, Descriptor Root)[tags.Count];
        var images = tags.Where(tag => !Referrer.IsTag(tag)).ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(images.Index(), options, async (image, token) => entries[image.Index] = (image.Item, await repository.ResolveAsync(image.Item, token).ConfigureAwait(false))).ConfigureAwait(false);
        return await MakeAsync(repository, null, entries[..images.Length], rules, now, [.. tags.Where(Referrer.IsTag)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans for a layout. Nothing is changed.</summary>
    /// <exception cref="DriftException">What is there cannot be read, so that it is not known what a tag needs.</exception>
    public static async Task<PrunePlan> MakeAsync(OciLayout layout, PruneRules rules, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(rules);
        var entries = (await layout.ReadEntriesAsync(cancellationToken).ConfigureAwait(false)).Select(entry => (Tag: ImageName.TagOf(entry), Root: entry)).Where(entry => !Referrer.IsTag(entry.Tag)).ToArray();
        return await MakeAsync(null, layout, entries, rules, now, [], cancellationToken).ConfigureAwait(false);
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
            await _layout.RemoveAsync(entry => Items.Any(item => item.IsDeleted && item.Digest == entry.Digest && item.Tag == ImageName.TagOf(entry)), cancellationToken).ConfigureAwait(false);
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

    private static async Task<PrunePlan> MakeAsync(
        Repository? repository, OciLayout? layout, (string? Tag, Descriptor Root)[] entries, PruneRules rules, DateTimeOffset now, IReadOnlyList<string> lists, CancellationToken cancellationToken)
    {
        var source = (IReferrerSource?)repository ?? layout!;
        var graph = new PruneGraph(source, now);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(entries, options, async (entry, token) => await graph.LoadAsync(entry.Root, token).ConfigureAwait(false)).ConfigureAwait(false);

        var newest = rules.Keep is { } keep ? new TagSelection { Allow = rules.Match is null ? [] : [rules.Match], Newest = keep }.Select(entries.Select(entry => entry.Tag).OfType<string>()).ToHashSet(StringComparer.Ordinal) : [];
        if (rules.Keep == 0) newest.Clear();
        var choices = entries.OrderBy(entry => entry.Tag is null).ThenBy(entry => entry.Tag ?? "", TagOrder.Instance).Select(entry => (entry.Tag, entry.Root, Choice: Choose(entry.Tag, graph.CreatedOf(entry.Root.Digest)))).ToArray();
        var kept = new HashSet<Digest>();
        foreach (var (_, root, choice) in choices.Where(choice => !choice.Choice.Goes)) graph.Collect(root.Digest, kept);

        var order = new Dictionary<Digest, string>();
        foreach (var (_, root, choice) in choices.Where(choice => choice.Choice.Goes)) await graph.CondemnAsync(root, kept, order, choice.Reason, cancellationToken).ConfigureAwait(false);
        var items = choices.Select(choice => Item(choice.Tag, choice.Root.Digest, choice.Choice.Goes && (choice.Tag is not null || !kept.Contains(choice.Root.Digest)),
            choice.Choice.Goes && kept.Contains(choice.Root.Digest) ? choice.Tag is null ? "a kept image needs it" : $"{choice.Choice.Reason}; the image stays, another needs it" : choice.Choice.Reason)).ToList();
        // In a layout, what belongs to an image goes with the garbage.
        var roots = choices.Select(choice => choice.Root.Digest).ToHashSet();
        if (repository is not null) items.AddRange(order.Where(gone => !roots.Contains(gone.Key)).Select(gone => Item(null, gone.Key, true, gone.Value)));
        return new PrunePlan(repository, layout, items, [.. order.Keys], lists);

        PruneItem Item(string? tag, Digest digest, bool goes, string reason) => new(tag, digest, graph.CreatedOf(digest).Time, graph.SizeOf(digest), goes, reason);

        (bool Goes, string Reason) Choose(string? tag, (DateTimeOffset? Time, string? Problem) created)
        {
            if (tag is null) return rules.Untagged ? Age(created, "has no tag") : (false, "has no tag; --untagged is not given");
            if (!rules.AreOfTags) return (false, "no rule is about tags");
            if (rules.Match is { } match && !FileSystemName.MatchesSimpleExpression(match, tag, ignoreCase: false)) return (false, $"does not match {match}");
            if (newest.Contains(tag)) return (false, string.Create(CultureInfo.InvariantCulture, $"one of the {rules.Keep} latest"));
            return Age(created, rules.Keep is not null ? string.Create(CultureInfo.InvariantCulture, $"not one of the {rules.Keep} latest") : $"matches {rules.Match}");
        }

        (bool Goes, string Reason) Age((DateTimeOffset? Time, string? Problem) created, string otherwise)
        {
            if (rules.OlderThan is not { } limit) return (true, otherwise);
            if (created.Time is not { } time) return (false, created.Problem!);
            return now - time > limit ? (true, "older than asked for") : (false, "too young");
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
