// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A layer made of files, folders and links. Entries are sorted by path, so their order of adding does not matter.</summary>
public sealed class FileLayer : TarLayer
{
    private readonly IReadOnlyList<FileLayerEntry> _entries;

    internal FileLayer(IReadOnlyList<FileLayerEntry> entries) => _entries = entries;

    /// <summary>Plans a layer.</summary>
    public static FileLayer Create(Action<FileLayerBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new FileLayerBuilder();
        build(builder);
        return builder.Build();
    }

    /// <summary>
    /// Plans a layer of one folder and what is in it. Other than <see cref="FileLayerBuilder.AddTree"/> it has no entries for the folders above
    /// <paramref name="path"/>: archives of folders that are no layers of an image begin with the folder itself.
    /// </summary>
    /// <param name="path">The folder's path in the archive, relative and parted by <c>/</c>.</param>
    /// <param name="tree">What the folder holds.</param>
    public static FileLayer OfFolder(string path, FileTree tree)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tree);
        var folder = new FileLayerEntry(path, TarEntryType.Directory, FileLayerBuilder.Executable, tree.Owner, tree.Group, null, "");
        return new FileLayer([folder, .. tree.Entries.Select(entry => entry.Below(path + "/"))]);
    }

    private protected override void Describe(LayerInputs inputs, PackOptions options)
    {
        foreach (var entry in _entries)
        {
            inputs.Add(entry.Header(options.Epoch));
            entry.Content?.Describe(inputs);
        }
    }

    private protected override async ValueTask WriteTarAsync(Stream output, PackOptions options, CancellationToken cancellationToken)
    {
        var writer = new TarWriter(output);
        foreach (var entry in _entries)
        {
            var header = entry.Header(options.Epoch);
            if (entry.Content is null)
            {
                await writer.WriteAsync(header, cancellationToken).ConfigureAwait(false);
                continue;
            }
            var content = await entry.Content.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = content.ConfigureAwait(false);
            await writer.WriteAsync(header with { Size = content.Length }, content.Stream, cancellationToken).ConfigureAwait(false);
        }
        await writer.FinishAsync(cancellationToken).ConfigureAwait(false);
    }
}
