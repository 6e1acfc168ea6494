// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Some files of a tree, with the folders above them as they are in the tree.</summary>
internal sealed class FileTreePart(Dictionary<string, FileLayerEntry> folders)
{
    private readonly List<FileLayerEntry> _entries = [];
    private readonly HashSet<string> _placed = new(StringComparer.Ordinal);

    public IReadOnlyList<FileLayerEntry> Entries => _entries;

    /// <summary>The size of the files in bytes.</summary>
    public long Size { get; private set; }

    public void Add(FileLayerEntry entry)
    {
        if (entry.Type == TarEntryType.Directory && !_placed.Add(entry.Path)) return;
        for (var slash = entry.Path.LastIndexOf('/'); slash > 0; slash = entry.Path.LastIndexOf('/', slash - 1))
        {
            if (!_placed.Add(entry.Path[..slash])) break;
            _entries.Add(folders[entry.Path[..slash]]);
        }
        _entries.Add(entry);
        if (entry.Content is FileContent { Known: { } file }) Size += file.Size;
    }
}
