// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Unpacks an image's layers into a folder (image-spec layer.md): later layers win, whiteouts delete. No entry leaves the folder, by
/// name or through a link that an earlier entry made; devices are left out and all files belong to this user.
/// </summary>
internal static class RootFileSystemUnpacker
{
    private const int MaximumEntries = 2_000_000;
    // Of one layer's names, in characters: 128 for each of so many entries.
    private const long MaximumLength = 128L * MaximumEntries;

    /// <summary>Unpacks every layer, and checks each against its digest and its diffID.</summary>
    public static async Task UnpackAsync(IImageSource source, ImageManifest manifest, ImageConfig config, string root, CancellationToken cancellationToken)
    {
        if (manifest.Layers.Count != config.Rootfs.DiffIds.Count)
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The image has {manifest.Layers.Count} layers, but its config lists {config.Rootfs.DiffIds.Count}.", "Build or push the image again.");
        }
        try
        {
            Directory.CreateDirectory(root);
            var budget = new DiskBudget(root, "The image");
            foreach (var (layer, diffId) in manifest.Layers.Zip(config.Rootfs.DiffIds))
            {
                await UnpackLayerAsync(source, layer, diffId, root, budget, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"The image cannot be unpacked: {e.Message}", "Check the free space of TMPDIR.", e);
        }
    }

    private static async Task UnpackLayerAsync(IImageSource source, Descriptor layer, Digest diffId, string root, DiskBudget budget, CancellationToken cancellationToken)
    {
        var tar = await new PackedLayer(layer, diffId, source).OpenTarAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = tar.ConfigureAwait(false);
        await UnpackTarAsync(tar, layer.Digest.ToString(), root, budget, cancellationToken).ConfigureAwait(false);
        // What follows the archive counts too; reading on to the end is what checks the digests.
        await tar.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
    }

    private static async Task UnpackTarAsync(Stream input, string origin, string root, DiskBudget budget, CancellationToken cancellationToken)
    {
        var tar = new TarReader(input, origin);
        var buffer = new byte[128 * 1024];
        // A whiteout hides what lower layers have, not what came before it in its own.
        var added = new HashSet<string>(StringComparer.Ordinal);
        // The folders whose old content is hidden: once, however often the layer says it.
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        var length = 0L;
        for (var entries = 0; await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; entries++)
        {
            length += entry.Path.Length;
            if (entries == MaximumEntries || length > MaximumLength)
            {
                throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has more than {MaximumEntries} entries, or names of more than {MaximumLength} characters.", "Do not run this image; it is hostile or damaged.");
            }
            budget.Take(entry.Size);
            var (parent, name) = Place(root, entry.Path, origin);
            if (name.Length == 0) continue;
            if (name == Whiteout.Opaque)
            {
                HideChildren(parent, added, hidden);
                continue;
            }
            if (Whiteout.IsMarker(name))
            {
                if (name[Whiteout.Prefix.Length..] is { Length: > 0 } below and not ("." or "..")) Hide(Path.Combine(parent, below), added, hidden);
                continue;
            }
            var path = Path.Combine(parent, name);
            if (entry.Type != TarEntryType.Directory || !IsDirectory(path)) Remove(path);
            added.Add(path);

            switch (entry.Type)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(path);
                    break;
                case TarEntryType.SymbolicLink:
                    Link(path, entry.LinkTarget, origin);
                    break;
                case TarEntryType.HardLink:
                    var (targetParent, targetName) = Place(root, entry.LinkTarget, origin);
                    Duplicate(Path.Combine(targetParent, targetName), path, entry, origin, budget);
                    break;
                case TarEntryType.File:
                    var file = File.Create(path);
                    await using (file.ConfigureAwait(false))
                    {
                        int read;
                        while ((read = await tar.ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                        {
                            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                        }
                    }
                    File.SetUnixFileMode(path, (UnixFileMode)(entry.Mode & 0b111_111_111));
                    break;
                default:
                    break;
            }
        }
    }

    private static void Link(string path, string target, string origin)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal)) throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has a link without a target.", "Push the image again; this layer is damaged.");
        File.CreateSymbolicLink(path, target);
    }

    /// <summary>A copy stands in for a hard link: the folder is thrown away soon. The copy of a symbolic link is one too.</summary>
    private static void Duplicate(string target, string path, TarEntry entry, string origin, DiskBudget budget)
    {
        var file = new FileInfo(target);
        if (file.LinkTarget is { } link) File.CreateSymbolicLink(path, link);
        else if (file.Exists)
        {
            budget.Take(file.Length);
            File.Copy(target, path);
        }
        else throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} links {Shown(entry.Path)} to {Shown(entry.LinkTarget)}, which is no file.", "Push the image again; this layer is damaged.");
    }

    /// <summary>The real folder and the name of an entry: every folder above it is followed inside the root, and made when absent.</summary>
    private static (string Parent, string Name) Place(string root, string path, string origin)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (parts.Contains("..") || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has an entry that leaves the image: {Shown(path)}", "Do not run this image; it is hostile or damaged.");
        }
        return parts.Length == 0 ? (root, "") : (Descend(root, parts.AsSpan(0, parts.Length - 1), origin), parts[^1]);
    }

    private static string Descend(string root, ReadOnlySpan<string> parts, string origin)
    {
        var pending = new Stack<string>(parts.ToArray().Reverse());
        var walked = new List<string>();
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part == "..")
            {
                // Only a link's target has these; at the root, .. is the root.
                if (walked.Count > 0) walked.RemoveAt(walked.Count - 1);
                continue;
            }
            var path = Path.Combine([root, .. walked, part]);
            if (new FileInfo(path).LinkTarget is not { } target)
            {
                if (File.Exists(path)) Remove(path);
                Directory.CreateDirectory(path);
                walked.Add(part);
                continue;
            }
            if (++links > 40) throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has links that go in a circle.", "Do not run this image; it is hostile or damaged.");
            if (target.StartsWith('/')) walked.Clear();
            foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").Reverse()) pending.Push(step);
        }
        return Path.Combine([root, .. walked]);
    }

    /// <summary>Removes what lower layers have here, and keeps what this layer has added.</summary>
    private static void Hide(string path, HashSet<string> added, HashSet<string> hidden)
    {
        if (!IsDirectory(path))
        {
            if (!added.Contains(path)) Remove(path);
            return;
        }
        HideChildren(path, added, hidden);
        if (!added.Contains(path) && !Directory.EnumerateFileSystemEntries(path).Any()) Directory.Delete(path);
    }

    private static void HideChildren(string path, HashSet<string> added, HashSet<string> hidden)
    {
        if (!hidden.Add(path)) return;
        foreach (var child in Directory.EnumerateFileSystemEntries(path).ToArray()) Hide(child, added, hidden);
    }

    private static string Shown(string path) => path.Length <= 300 ? path : path[..300] + "…";

    private static bool IsDirectory(string path) => new FileInfo(path).LinkTarget is null && Directory.Exists(path);

    private static void Remove(string path)
    {
        if (IsDirectory(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}
