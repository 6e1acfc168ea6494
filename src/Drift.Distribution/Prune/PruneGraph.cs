// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Manifests and what they need of each other, each read once.</summary>
internal sealed class PruneGraph(IReferrerSource source, DateTimeOffset now)
{
    private readonly ConcurrentDictionary<Digest, PruneNode?> _nodes = [];
    private readonly ConcurrentDictionary<Digest, Digest> _parents = [];

    /// <summary>What belongs to manifests by the older scheme of tags, and goes with them.</summary>
    public ILookup<Digest, Descriptor> Companions { get; init; } = Array.Empty<Descriptor>().ToLookup(static companion => companion.Digest);

    /// <summary>Reads a manifest, all that it lists, and what it refers to.</summary>
    public async Task LoadAsync(Descriptor descriptor, CancellationToken cancellationToken, int depth = 0)
    {
        if (depth > ImageCopy.MaximumDepth) throw ImageCopy.TooDeep(descriptor);
        if (_nodes.ContainsKey(descriptor.Digest)) return;
        var node = await PruneNode.ReadAsync(source, descriptor, cancellationToken).ConfigureAwait(false);
        // Registered at last: whoever finds it finds all that it needs.
        foreach (var next in Needs(node)) await LoadAsync(next, cancellationToken, depth + 1).ConfigureAwait(false);
        foreach (var child in node?.Children ?? []) _parents[child.Digest] = descriptor.Digest;
        _nodes[descriptor.Digest] = node;
    }

    /// <summary>All that a manifest needs, and itself: what it lists, and what it refers to.</summary>
    public void Collect(Digest digest, HashSet<Digest> into)
    {
        if (!into.Add(digest)) return;
        foreach (var next in Needs(_nodes.GetValueOrDefault(digest))) Collect(next.Digest, into);
    }

    /// <summary>
    /// Adds a manifest that goes, and all that goes with it, to <paramref name="order"/>: what points before what it points at, so that
    /// whoever is stopped in between leaves nothing that points at nothing.
    /// </summary>
    /// <param name="descriptor">The manifest.</param>
    /// <param name="kept">What others need.</param>
    /// <param name="order">What goes, with the reason.</param>
    /// <param name="reason">Why this one goes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task CondemnAsync(Descriptor descriptor, IReadOnlySet<Digest> kept, Dictionary<Digest, string> order, string reason, CancellationToken cancellationToken)
    {
        if (kept.Contains(descriptor.Digest) || order.ContainsKey(descriptor.Digest)) return;
        await LoadAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (_nodes[descriptor.Digest] is not { } node) return;
        foreach (var referrer in await source.ListReferrersAsync(descriptor.Digest, null, cancellationToken).ConfigureAwait(false))
        {
            if (referrer.Digest != descriptor.Digest) await CondemnAsync(referrer, kept, order, $"refers to {descriptor.Digest.Hex[..12]}", cancellationToken).ConfigureAwait(false);
        }
        foreach (var companion in Companions[descriptor.Digest]) await CondemnAsync(companion, kept, order, $"belongs to {descriptor.Digest.Hex[..12]}", cancellationToken).ConfigureAwait(false);
        if (!order.TryAdd(descriptor.Digest, reason)) return;
        foreach (var child in node.Children) await CondemnAsync(child, kept, order, $"part of {descriptor.Digest.Hex[..12]}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a manifest refers to, where that is there.</summary>
    public Digest? SubjectOf(Digest digest) => _nodes.GetValueOrDefault(digest)?.Subject is { } subject && _nodes.GetValueOrDefault(subject.Digest) is not null ? subject.Digest : null;

    /// <summary>An index that lists a manifest; null where none is known.</summary>
    public Digest? ParentOf(Digest digest) => _parents.TryGetValue(digest, out var parent) ? parent : null;

    /// <summary>The size of a manifest and all that it lists.</summary>
    public long SizeOf(Digest digest)
    {
        var all = new HashSet<Digest>();
        Add(digest);
        return all.Sum(part => _nodes.GetValueOrDefault(part)?.Size ?? 0);

        void Add(Digest part)
        {
            if (!all.Add(part)) return;
            foreach (var child in _nodes.GetValueOrDefault(part)?.Children ?? []) Add(child.Digest);
        }
    }

    /// <summary>When the youngest part of an image was made; and why that is not known, where it is not.</summary>
    public (DateTimeOffset? Time, string? Problem) CreatedOf(Digest digest)
    {
        if (_nodes.GetValueOrDefault(digest) is not { } node) return (null, "age not known: it cannot be read");
        if (node.Children.Count == 0 || node.Created is not null)
        {
            if (PruneNode.Time(node.Created, now) is { } time) return (time, null);
            return (null, string.IsNullOrEmpty(node.Created) ? "age not known: it says none" : $"age not known: it says {RegistryAnswer.Printable(node.Created.Length > 30 ? node.Created[..30] : node.Created)}, as reproducible builds do");
        }
        var parts = node.Children.Where(child => _nodes.GetValueOrDefault(child.Digest) is not null && child.Platform?.OperatingSystem != "unknown").Select(child => CreatedOf(child.Digest)).ToArray();
        return parts.Length == 0 ? (null, "age not known: none of its parts can be read") : Array.Find(parts, part => part.Time is null) is { Problem: not null } unknown ? unknown : (parts.Max(part => part.Time), null);
    }

    private static IEnumerable<Descriptor> Needs(PruneNode? node) => node is null ? [] : node.Subject is null ? node.Children : node.Children.Append(node.Subject);
}
