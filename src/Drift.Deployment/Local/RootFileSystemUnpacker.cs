// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Unpacks an image's layers into a folder (image-spec layer.md): later layers win, whiteouts delete. No entry leaves the folder, by
/// name or through a link that an earlier entry made; devices are left out and all files belong to this user.
/// </summary>
internal static class RootFileSystemUnpacker
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueWhiteout = ".wh..wh..opq";
    private const int MaximumEntries = 2_000_000;

    public static async Task UnpackAsync(IImageSource source, ImageManifest manifest, string root, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root);
        foreach (var layer in manifest.Layers)
        {
            var stream = await source.OpenBlobAsync(layer, cancellationToken).ConfigureAwait(false);
            await using var _ = stream.ConfigureAwait(false);
            Stream tar = layer.MediaType switch
            {
                MediaTypes.OciLayerGzip or MediaTypes.DockerLayerGzip => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true),
                MediaTypes.OciLayer => stream,
                var other => throw new DriftException(ErrorCode.NotSupported, $"The layer {layer.Digest} is of the type {other}, which cannot be unpacked here.", "Run the image with docker or podman."),
            };
            try
            {
                await UnpackLayerAsync(tar, layer.Digest.ToString(), root, cancellationToken).ConfigureAwait(false);
                // Reading on to the end of the blob is what checks its digest.
                await stream.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidDataException e)
            {
                throw new DriftException(ErrorCode.InvalidContent, $"The layer {layer.Digest} does not decompress: {e.Message}", "Push the image again; this layer is damaged.", e);
            }
            finally
            {
                if (tar != stream) await tar.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task UnpackLayerAsync(Stream input, string origin, string root, CancellationToken cancellationToken)
    {
        var tar = new TarReader(input, origin);
        var buffer = new byte[128 * 1024];
        var entries = 0;
        while (await tar.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            if (++entries > MaximumEntries) throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has more than {MaximumEntries} entries.");
            var (parent, name) = Place(root, entry.Path, origin);
            if (name.Length == 0) continue;
            var path = Path.Combine(parent, name);
            if (name == OpaqueWhiteout)
            {
                foreach (var child in Directory.EnumerateFileSystemEntries(parent).ToArray()) Remove(child);
                continue;
            }
            if (name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
            {
                if (name[WhiteoutPrefix.Length..] is { Length: > 0 } hidden and not ("." or "..")) Remove(Path.Combine(parent, hidden));
                continue;
            }
            if (entry.Type != TarEntryType.Directory || new FileInfo(path).LinkTarget is not null || !Directory.Exists(path)) Remove(path);

            switch (entry.Type)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(path);
                    break;
                case TarEntryType.SymbolicLink:
                    File.CreateSymbolicLink(path, entry.LinkTarget);
                    break;
                case TarEntryType.HardLink:
                    var (targetParent, targetName) = Place(root, entry.LinkTarget, origin);
                    var target = Path.Combine(targetParent, targetName);
                    // A copy stands in for the link: the folder is thrown away, and a link to a link would leave it.
                    if (new FileInfo(target) is { Exists: true, LinkTarget: null }) File.Copy(target, path);
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

    /// <summary>The real folder and the name of an entry: every folder above it is followed inside the root, and made when absent.</summary>
    private static (string Parent, string Name) Place(string root, string path, string origin)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (parts.Contains("..") || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has an entry that leaves the image: {path}", "Do not run this image; it is hostile or damaged.");
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
            if (++links > 40) throw new DriftException(ErrorCode.InvalidContent, $"The layer {origin} has links that go in a circle.");
            if (target.StartsWith('/')) walked.Clear();
            foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").Reverse()) pending.Push(step);
        }
        return Path.Combine([root, .. walked]);
    }

    private static void Remove(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is null && Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else info.Delete();
    }
}
