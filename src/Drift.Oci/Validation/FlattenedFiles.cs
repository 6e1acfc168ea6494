// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Oci;

/// <summary>
/// What an image's layers give together, later layers over earlier ones, whiteouts applied (image-spec layer.md). Layers are streamed;
/// what is kept are facts about each file.
/// </summary>
public sealed class FlattenedFiles
{
    private readonly FlattenedNode _root = new();
    private readonly FlattenOptions _options;
    private readonly NameBudget _budget = new();

    private FlattenedFiles(FlattenOptions options) => _options = options;

    /// <summary>Reads layers, the lowest first.</summary>
    /// <exception cref="DriftException">A layer is damaged, hostile, or cannot be read here.</exception>
    public static async Task<FlattenedFiles> ReadAsync(IImageSource source, IReadOnlyList<Descriptor> layers, FlattenOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(layers);
        var files = new FlattenedFiles(options ?? new FlattenOptions());
        for (var i = files._options.SkippedLayers; i < layers.Count; i++)
        {
            await files.ReadLayerAsync(source, layers[i], i, cancellationToken).ConfigureAwait(false);
        }
        return files;
    }

    /// <summary>Every file, by path, in the order of the bytes of its parts.</summary>
    public IEnumerable<FlattenedFile> All() => Below(_root);

    /// <summary>The file at a path, every symbolic link followed inside the image; null when there is none.</summary>
    public FlattenedFile? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var pending = new Stack<string>(LayerPath.Parts(path).Reverse());
        var walked = new List<FlattenedNode> { _root };
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part == "..")
            {
                if (walked.Count > 1) walked.RemoveAt(walked.Count - 1);
                continue;
            }
            if (walked[^1].Children?.GetValueOrDefault(part) is not { } node) return null;
            // A layer may name a file below a link without a folder of that name: tools that unpack follow the link too.
            var isBelow = pending.TryPeek(out var next) && node.Children?.ContainsKey(next) == true;
            if (isBelow || node.File?.Entry is not { Type: TarEntryType.SymbolicLink } link)
            {
                walked.Add(node);
                continue;
            }
            // Linux gives up at 40 links too.
            if (++links > 40 || link.LinkTarget.Length > LayerPath.MaximumLength) return null;
            if (link.LinkTarget.StartsWith('/')) walked.RemoveRange(1, walked.Count - 1);
            foreach (var step in LayerPath.Parts(link.LinkTarget).Reverse()) pending.Push(step);
        }
        return walked[^1].File;
    }

    private static IEnumerable<FlattenedFile> Below(FlattenedNode root)
    {
        // No recursion: a chain of iterators would cost its depth for each file.
        var pending = new Stack<FlattenedNode>([root]);
        while (pending.TryPop(out var node))
        {
            if (node.File is { } file) yield return file;
            foreach (var (_, child) in node.Children?.OrderByDescending(child => child.Key, StringComparer.Ordinal).AsEnumerable() ?? []) pending.Push(child);
        }
    }

    private async Task ReadLayerAsync(IImageSource source, Descriptor descriptor, int layer, CancellationToken cancellationToken)
    {
        var reader = await LayerReader.OpenAsync(source, descriptor, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var buffer = new byte[64 * 1024];
        for (var position = 0; await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry; position++)
        {
            if (entry.Path.Length > LayerPath.MaximumLength || LayerPath.Parts(entry.Path) is var parts && parts.Contains(".."))
            {
                throw Hostile(descriptor, "has an entry that leaves the image or whose path is too long");
            }
            if (parts.Length == 0) continue;
            _budget.Add(entry, descriptor.Digest.ToString());
            var path = string.Join('/', parts);
            var name = parts[^1];
            if (Whiteout.IsMarker(name))
            {
                HideAt(parts, layer);
                if (_options.SkippedLayers == 0 || name[Whiteout.Prefix.Length..] is "" or "." or "..") continue;
                var hidden = name == Whiteout.Opaque ? path : string.Join('/', [.. parts[..^1], name[Whiteout.Prefix.Length..]]);
                var place = Place(LayerPath.Parts(hidden), descriptor);
                // What the layer itself adds at this path stays.
                if (place.File is not null && place.Layer == layer) continue;
                place.File = new FlattenedFile { Path = hidden, Entry = entry, Layer = layer, Position = position, IsWhiteout = true };
                place.Layer = layer;
                continue;
            }
            var node = Place(parts, descriptor);
            // What is no folder has nothing below it.
            if (entry.Type != TarEntryType.Directory) node.Children = null;
            var digest = _options.HashContents && entry.Type == TarEntryType.File ? await HashAsync(reader, buffer, cancellationToken).ConfigureAwait(false) : (Digest?)null;
            node.Layer = layer;
            node.File = entry.Type == TarEntryType.HardLink && Exact(entry.LinkTarget) is { } target
                ? target with { Path = path }
                : new FlattenedFile { Path = path, Entry = entry, Layer = layer, Position = position, Content = digest };
        }
    }

    private void HideAt(string[] parts, int layer)
    {
        var parent = _root;
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            if (parent.Children?.GetValueOrDefault(part) is not { } next) return;
            parent = next;
        }
        if (parts[^1] == Whiteout.Opaque) parent.HideChildren(layer);
        else if (parts[^1][Whiteout.Prefix.Length..] is var name && parent.Children?.GetValueOrDefault(name) is { } node && node.Hide(layer)) parent.Children.Remove(name);
    }

    private FlattenedNode Place(string[] parts, Descriptor layer)
    {
        var node = _root;
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            // Something other than a folder or a link to one gives way to the folder that this entry needs.
            if (node.File?.Entry.Type is TarEntryType.File && !node.File.IsWhiteout) node.File = null;
            node.Children ??= new Dictionary<string, FlattenedNode>(StringComparer.Ordinal);
            if (!node.Children.TryGetValue(part, out var next))
            {
                if (i < parts.Length - 1) _budget.AddFolder(part, layer.Digest.ToString());
                node.Children[part] = next = new FlattenedNode();
            }
            node = next;
        }
        return node;
    }

    private FlattenedFile? Exact(string path)
    {
        var node = _root;
        foreach (var part in path.Length > LayerPath.MaximumLength ? [] : LayerPath.Parts(path))
        {
            if (node.Children?.GetValueOrDefault(part) is not { } next) return null;
            node = next;
        }
        return node.File;
    }

    private static async Task<Digest> HashAsync(LayerReader reader, byte[] buffer, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int read;
        while ((read = await reader.ReadContentAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0) hash.AppendData(buffer, 0, read);
        return Digest.FromSha256(hash.GetHashAndReset());
    }

    private static DriftException Hostile(Descriptor layer, string problem) =>
        new(ErrorCode.InvalidContent, $"The layer {layer.Digest} {problem}.", "Run drift validate to see what is wrong with this image.");
}
