// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// What several layers add up to, as one. They are read twice: for the names, of which the last one wins, and for the contents of the
/// files that are left. Written are folders, links and deletions first, then the files in the order of the layers, each followed by its
/// hard links, so that no link comes before its target.
/// </summary>
internal sealed class SquashedLayer(IReadOnlyList<PackedLayer> layers, bool isBottom) : TarLayer
{
    private protected override void Describe(LayerInputs inputs, PackOptions options)
    {
        inputs.Add(isBottom ? 1 : 0);
        foreach (var layer in layers) inputs.Add(layer.DiffId.ToString());
    }

    private protected override async ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken)
    {
        var tree = new MergedTree(isBottom);
        var contents = new List<Dictionary<int, MergedContent>>();
        for (var i = 0; i < layers.Count; i++)
        {
            var number = i;
            var files = new Dictionary<int, MergedContent>();
            await layers[i].ReadEntriesAsync((entry, ordinal, _) =>
            {
                var content = entry.Type == TarEntryType.File ? new MergedContent() : null;
                if (content is not null) files[ordinal] = content;
                tree.Apply(entry, number, content, layers[number].Descriptor.Digest.ToString());
                return ValueTask.CompletedTask;
            }, cancellationToken).ConfigureAwait(false);
            contents.Add(files);
        }

        var writer = new TarWriter(output);
        await WriteNamesAsync(writer, tree, options.Epoch, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < layers.Count; i++)
        {
            var files = contents[i];
            if (files.Values.All(content => content.Names.Count == 0)) continue;
            await layers[i].ReadEntriesAsync((entry, ordinal, reader) => files.TryGetValue(ordinal, out var content) && content.Names.Count > 0
                ? WriteFileAsync(writer, entry, content, reader, cancellationToken)
                : ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
        }
        await writer.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes everything but the files, and gives each content its names.</summary>
    private async ValueTask WriteNamesAsync(TarWriter writer, MergedTree tree, long epoch, CancellationToken cancellationToken)
    {
        var pending = new Stack<(string Path, MergedNode Node)>();
        pending.Push(("", tree.Root));
        while (pending.TryPop(out var item))
        {
            var (path, node) = item;
            if (node.Content is not null)
            {
                node.Content.Names.Add(path);
                continue;
            }
            if (node.IsWhiteout)
            {
                var name = path.LastIndexOf('/') + 1;
                await writer.WriteAsync(Marker($"{path[..name]}{Whiteout.Prefix}{path[name..]}", epoch), cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (node.OutsideTarget is { } target)
            {
                if (tree.Find(target, "that is merged") is not null)
                {
                    throw new DriftException(ErrorCode.NotSupported, $"/{LayerPath.Printable(path)} is a hard link to a file below the merged layers, /{LayerPath.Printable(target)}, which they replace.", "Merge more layers, or all of them.");
                }
                await writer.WriteAsync(node.Entry! with { Path = path, LinkTarget = target }, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (node.Entry is { } entry) await writer.WriteAsync(entry with { Path = path }, cancellationToken).ConfigureAwait(false);
            if (node.Children is null) continue;
            if (node.IsOpaque && !isBottom) await writer.WriteAsync(Marker(Join(path, Whiteout.Opaque), epoch), cancellationToken).ConfigureAwait(false);
            // The stack turns their order around.
            foreach (var (name, child) in node.Children.Reverse()) pending.Push((Join(path, name), child));
        }
    }

    private static async ValueTask WriteFileAsync(TarWriter writer, TarEntry entry, MergedContent content, TarReader reader, CancellationToken cancellationToken)
    {
        var first = content.Names[0];
        var stream = new TarContentStream(reader);
        await using (stream.ConfigureAwait(false))
        {
            await writer.WriteAsync(entry with { Path = first }, stream, cancellationToken).ConfigureAwait(false);
        }
        foreach (var name in content.Names.Skip(1))
        {
            await writer.WriteAsync(entry with { Path = name, Type = TarEntryType.HardLink, LinkTarget = first, Size = 0, ExtendedAttributes = null }, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TarEntry Marker(string path, long epoch) => new() { Path = path, Type = TarEntryType.File, Mode = 0, ModificationTime = epoch };

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
