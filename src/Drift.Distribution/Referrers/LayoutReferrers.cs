// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>
/// What refers to what in a layout. It is read from the manifests that <c>index.json</c> reaches; written, it goes to the index under the same
/// tag that registries without the API have, where other tools look for it.
/// </summary>
internal sealed class LayoutReferrers(OciLayout layout)
{
    private const int MaximumManifests = 100_000;

    public async Task<IReadOnlyList<Descriptor>> ReadAsync(IReadOnlyList<Descriptor> entries, Digest subject, string? artifactType, CancellationToken cancellationToken)
    {
        var found = new List<Descriptor>();
        var seen = new HashSet<Digest>();
        var open = new Queue<Descriptor>(entries);
        while (open.TryDequeue(out var descriptor))
        {
            var isIndex = MediaTypes.IsIndex(descriptor.MediaType);
            // A layout need not have all that an index lists.
            if ((!isIndex && !MediaTypes.IsManifest(descriptor.MediaType)) || !seen.Add(descriptor.Digest) || !File.Exists(layout.BlobPath(descriptor.Digest))) continue;
            if (seen.Count > MaximumManifests) throw new DriftException(ErrorCode.InvalidContent, $"oci:{layout.Path} has more than {MaximumManifests} manifests.", "Write its images into several layouts.");
            var content = await layout.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false);
            if (Referrer.Read(descriptor, content.Span) is { } referrer && referrer.Subject == subject && (artifactType is null || referrer.Descriptor.ArtifactType == artifactType)) found.Add(referrer.Descriptor);
            if (!isIndex) continue;
            foreach (var entry in OciJson.ReadIndex(content.Span, descriptor.Digest.ToString()).Manifests) open.Enqueue(entry);
        }
        return found;
    }

    /// <summary>The entries of <c>index.json</c> with a referrer added to its subject's list.</summary>
    public async Task<IEnumerable<Descriptor>> AddAsync(IReadOnlyList<Descriptor> entries, Referrer referrer, CancellationToken cancellationToken)
    {
        var index = await FindAsync(entries, referrer.Subject, cancellationToken).ConfigureAwait(false);
        if (index?.Manifests.Any(entry => entry.Digest == referrer.Descriptor.Digest) == true) return entries;
        var list = await WriteAsync((index ?? new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] }) with { Manifests = [.. index?.Manifests ?? [], referrer.Descriptor] }, cancellationToken).ConfigureAwait(false);
        var tag = Referrer.TagOf(referrer.Subject);
        return entries.Where(entry => ImageName.TagOf(entry) != tag).Append(ImageName.With(list, tag));
    }

    /// <summary>The entries of <c>index.json</c> with manifests taken out of the lists of referrers; a list goes with its last one.</summary>
    public async Task<IEnumerable<Descriptor>> RemoveAsync(IReadOnlyList<Descriptor> entries, IReadOnlySet<Digest> manifests, CancellationToken cancellationToken)
    {
        var changed = new List<Descriptor>();
        foreach (var entry in entries)
        {
            if (!Referrer.IsTag(ImageName.TagOf(entry)) || entry.MediaType != MediaTypes.OciIndex)
            {
                changed.Add(entry);
                continue;
            }
            var index = OciJson.ReadIndex((await layout.ReadManifestAsync(entry, cancellationToken).ConfigureAwait(false)).Span, $"oci:{layout.Path}:{ImageName.TagOf(entry)}");
            var rest = index.Manifests.Where(referrer => !manifests.Contains(referrer.Digest)).ToArray();
            if (rest.Length == index.Manifests.Count) changed.Add(entry);
            else if (rest.Length > 0) changed.Add(ImageName.With(await WriteAsync(index with { Manifests = rest }, cancellationToken).ConfigureAwait(false), ImageName.TagOf(entry)));
        }
        return changed;
    }

    private async Task<Descriptor> WriteAsync(ImageIndex index, CancellationToken cancellationToken)
    {
        var bytes = OciJson.Write(index);
        var list = Descriptor.Of(MediaTypes.OciIndex, bytes);
        await layout.WriteBlobAsync(list, bytes, cancellationToken).ConfigureAwait(false);
        return list;
    }

    private async Task<ImageIndex?> FindAsync(IReadOnlyList<Descriptor> entries, Digest subject, CancellationToken cancellationToken)
    {
        var tag = Referrer.TagOf(subject);
        if (entries.LastOrDefault(entry => ImageName.TagOf(entry) == tag) is not { } list) return null;
        if (list.MediaType != MediaTypes.OciIndex) throw new DriftException(ErrorCode.InvalidContent, $"oci:{layout.Path}:{tag} should list what refers to {subject}; it is of the type '{list.MediaType}'.", "Give what is there another tag, then take this one away with drift delete.");
        return OciJson.ReadIndex((await layout.ReadManifestAsync(list, cancellationToken).ConfigureAwait(false)).Span, $"oci:{layout.Path}:{tag}");
    }
}
