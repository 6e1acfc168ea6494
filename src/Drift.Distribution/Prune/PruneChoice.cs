// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.IO.Enumeration;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Chooses what goes by rules, and keeps what others need.</summary>
internal sealed class PruneChoice(IReferrerSource source, PruneRules rules, DateTimeOffset now)
{
    public const int Parallelism = 4;

    /// <summary>What the host of a package lists: its ages count, and its tags go with their manifests alone. Null where no host does.</summary>
    public IReadOnlyDictionary<Digest, PackageVersion>? Versions { get; init; }

    /// <param name="entries">The images, with their tags; null for none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What goes and what stays, and the manifests that go in the order in which they do.</returns>
    public async Task<(IReadOnlyList<PruneItem> Items, IReadOnlyList<Digest> Order)> MakeAsync((string? Tag, Descriptor Root)[] entries, CancellationToken cancellationToken)
    {
        var graph = new PruneGraph(source, now)
        {
            Companions = entries.Where(entry => Referrer.SubjectOfTag(entry.Tag) is not null).ToLookup(entry => Referrer.SubjectOfTag(entry.Tag)!.Value, entry => entry.Root),
        };
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(entries, options, async (entry, token) => await graph.LoadAsync(entry.Root, token).ConfigureAwait(false)).ConfigureAwait(false);

        // What belongs to another manifest, a signature or a part of an index most of the time, goes when that goes, and is no version.
        Digest? Follows((string? Tag, Descriptor Root) entry) => Referrer.SubjectOfTag(entry.Tag) ?? (entry.Tag is null ? graph.SubjectOf(entry.Root.Digest) ?? graph.ParentOf(entry.Root.Digest) : null);
        var newest = Newest(entries.Where(entry => Follows(entry) is null).Select(entry => entry.Tag).OfType<string>());
        var choices = entries.OrderBy(entry => entry.Tag is null).ThenBy(entry => entry.Tag ?? "", TagOrder.Instance)
            .Select(entry => (entry.Tag, entry.Root, Follows: Follows(entry), Rule: Choose(entry.Tag, IsProtected(entry.Root), Follows(entry), CreatedOf(entry.Root.Digest), newest))).ToArray();
        var kept = new HashSet<Digest>();
        foreach (var digest in choices.Where(choice => !choice.Rule.Goes && choice.Follows is null).Select(choice => choice.Root.Digest).Concat(rules.Protected)) graph.Collect(digest, kept);
        var order = new Dictionary<Digest, string>();
        foreach (var choice in choices.Where(choice => choice.Rule.Goes)) await graph.CondemnAsync(choice.Root, kept, order, choice.Rule.Reason, cancellationToken).ConfigureAwait(false);

        var items = choices.Select(choice => (choice.Root.Digest, choice.Tag) switch
        {
            var (digest, tag) when order.TryGetValue(digest, out var reason) => Item(tag, digest, true, reason),
            var (digest, tag) when !choice.Rule.Goes => Item(tag, digest, false, choice.Rule.Reason),
            var (digest, tag) when tag is not null && Versions is not null => Item(tag, digest, false, "the image stays, another needs it, and its tags with it"),
            (var digest, null) => Item(null, digest, false, "a kept image needs it"),
            var (digest, tag) => Item(tag, digest, true, $"{choice.Rule.Reason}; the image stays, another needs it"),
        }).ToList();
        // In a layout, what belongs to an image goes with the garbage.
        var roots = choices.Select(choice => choice.Root.Digest).ToHashSet();
        if (source is Repository && Versions is null) items.AddRange(order.Where(gone => !roots.Contains(gone.Key)).Select(gone => Item(null, gone.Key, true, gone.Value)));
        return (items, [.. order.Keys]);

        PruneItem Item(string? tag, Digest digest, bool goes, string reason) => new(tag, digest, CreatedOf(digest).Time, graph.SizeOf(digest), goes, reason);

        bool IsProtected(Descriptor root)
        {
            if (rules.Protected.Count == 0) return false;
            var all = new HashSet<Digest>();
            graph.Collect(root.Digest, all);
            return all.Overlaps(rules.Protected);
        }

        (DateTimeOffset? Time, string? Problem) CreatedOf(Digest digest) => Versions?.GetValueOrDefault(digest) is { } version ? (version.Pushed, null) : graph.CreatedOf(digest);
    }

    private HashSet<string> Newest(IEnumerable<string> tags) => rules.Keep is > 0 and var keep
        ? new TagSelection { Allow = rules.Match is null ? [] : [rules.Match], Newest = keep }.Select(tags).ToHashSet(StringComparer.Ordinal)
        : [];

    private (bool Goes, string Reason) Choose(string? tag, bool isProtected, Digest? follows, (DateTimeOffset? Time, string? Problem) created, HashSet<string> newest)
    {
        if (isProtected) return (false, "protected");
        if (follows is { } subject) return (false, $"belongs to {subject.Hex[..12]}");
        if (tag is null) return rules.Untagged ? Age(created, "has no tag") : (false, "has no tag; --untagged is not given");
        if (!rules.AreOfTags) return (false, "no rule is about tags");
        if (rules.Match is { } match && !FileSystemName.MatchesSimpleExpression(match, tag, ignoreCase: false)) return (false, $"does not match {match}");
        if (newest.Contains(tag)) return (false, string.Create(CultureInfo.InvariantCulture, $"one of the {rules.Keep} latest"));
        return Age(created, rules.Keep is not null ? string.Create(CultureInfo.InvariantCulture, $"not one of the {rules.Keep} latest") : $"matches {rules.Match}");
    }

    private (bool Goes, string Reason) Age((DateTimeOffset? Time, string? Problem) created, string otherwise)
    {
        if (rules.OlderThan is not { } limit) return (true, otherwise);
        if (created.Time is not { } time) return (false, created.Problem!);
        return now - time > limit ? (true, "older than asked for") : (false, "too young");
    }
}
