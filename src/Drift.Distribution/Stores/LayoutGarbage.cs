// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Parts the blobs of a layout into those that its index needs and those that nothing does. The caller holds the index's lock.</summary>
internal sealed class LayoutGarbage(OciLayout layout, string name)
{
    private readonly ImageContents _kept = new(layout);

    /// <summary>Keeps what the entries reach, and every manifest whose <c>subject</c> is kept.</summary>
    public async Task KeepAsync(IReadOnlyList<Descriptor> entries, CancellationToken cancellationToken)
    {
        try
        {
            var lists = entries.Where(entry => Referrer.IsTag(ImageName.TagOf(entry))).ToList();
            foreach (var entry in entries.Except(lists)) await _kept.AddAsync(entry, cancellationToken).ConfigureAwait(false);
            var referrers = await ReferrersAsync(cancellationToken).ConfigureAwait(false);
            // A referrer may have referrers of its own, for example the signature of an SBOM.
            while (referrers.Find(referrer => !_kept.Contains(referrer.Manifest.Digest) && _kept.Contains(referrer.Subject)) is { Manifest: not null } next)
            {
                await _kept.AddAsync(next.Manifest, cancellationToken).ConfigureAwait(false);
            }
            foreach (var list in Needed(lists)) await _kept.AddAsync(list, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            throw new DriftException(e.Code, $"What {name} needs is not known, so nothing was deleted. {e.Message}", "Write the image into the layout again, or take its tag away with drift delete.", e);
        }
    }

    /// <summary>The entries without lists of what refers to manifests that are not kept.</summary>
    public IEnumerable<Descriptor> Needed(IReadOnlyList<Descriptor> entries)
    {
        var tags = _kept.All.Select(kept => Referrer.TagOf(kept.Digest)).ToHashSet(StringComparer.Ordinal);
        return entries.Where(entry => ImageName.TagOf(entry) is not { } tag || !Referrer.IsTag(tag) || tags.Contains(tag));
    }

    public GarbageReport Delete(TimeSpan grace, bool dryRun, CancellationToken cancellationToken)
    {
        var limit = TimeProvider.System.GetUtcNow().UtcDateTime - grace;
        var deleted = new List<Digest>();
        var size = 0L;
        var tooYoung = 0;
        foreach (var (digest, file) in Unreached())
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Looked at again just now: a writer may have asked for it since the folder was listed.
            file.Refresh();
            if (!file.Exists) continue;
            if (file.LastWriteTimeUtc > limit)
            {
                tooYoung++;
                continue;
            }
            deleted.Add(digest);
            size += file.Length;
            if (!dryRun) file.Delete();
        }
        return new GarbageReport(deleted, size, tooYoung);
    }

    /// <summary>The blobs that nothing reaches. What has no digest for a name was not put there as a blob, and stays.</summary>
    private IEnumerable<(Digest Digest, FileInfo File)> Unreached() =>
        new DirectoryInfo(Path.Combine(layout.Path, "blobs")).EnumerateDirectories()
            .SelectMany(folder => folder.EnumerateFiles(), (folder, file) => (IsBlob: Digest.TryParse($"{folder.Name}:{file.Name}", out var digest), Digest: digest, File: file))
            .Where(blob => blob.IsBlob && !_kept.Contains(blob.Digest))
            .Select(blob => (blob.Digest, blob.File))
            .OrderBy(blob => blob.Digest.ToString(), StringComparer.Ordinal);

    private async Task<List<(Descriptor Manifest, Digest Subject)>> ReferrersAsync(CancellationToken cancellationToken)
    {
        var found = new List<(Descriptor, Digest)>();
        foreach (var (digest, file) in Unreached())
        {
            if (file.Length is 0 or > OciJson.MaximumSize) continue;
            if (TryOpen(file) is not { } stream) continue;
            await using var _ = stream.ConfigureAwait(false);
            var content = new byte[file.Length];
            await stream.ReadExactlyAsync(content.AsMemory(0, 1), cancellationToken).ConfigureAwait(false);
            // Most blobs are layers, which are not read for this.
            if (content[0] != '{') continue;
            await stream.ReadExactlyAsync(content.AsMemory(1), cancellationToken).ConfigureAwait(false);
            if (ReferrerOf(digest, content) is { } referrer) found.Add(referrer);
        }
        return found;
    }

    /// <summary>Opens a blob; null when its writer has not let go of it, or it is gone: it is too young to be garbage, and is nobody's referrer yet.</summary>
    private static FileStream? TryOpen(FileInfo file)
    {
        try
        {
            return file.OpenRead();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The manifest and its subject, when the content is a manifest with one.</summary>
    private static (Descriptor Manifest, Digest Subject)? ReferrerOf(Digest digest, byte[] content)
    {
        try
        {
            var json = JsonElement.Parse(content);
            if (!json.TryGetProperty("subject", out var subject) || !Digest.TryParse(subject.GetProperty("digest").GetString(), out var of)) return null;
            var standard = json.TryGetProperty("manifests", out _) ? MediaTypes.OciIndex : MediaTypes.OciManifest;
            var mediaType = json.TryGetProperty("mediaType", out var type) ? type.GetString() : null;
            return (new Descriptor { MediaType = mediaType ?? standard, Digest = digest, Size = content.Length }, of);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
