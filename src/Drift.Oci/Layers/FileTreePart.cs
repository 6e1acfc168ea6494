// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Some entries of a tree, with the folders above them as they are in the tree.</summary>
internal sealed class FileTreePart(Dictionary<string, FileLayerEntry> all)
{
    private readonly List<FileLayerEntry> _entries = [];
    private readonly HashSet<string> _placed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _movedTargets = new(StringComparer.Ordinal);

    public IReadOnlyList<FileLayerEntry> Entries => _entries;

    /// <summary>The size of the files in bytes, each hard-linked one once.</summary>
    public long Size { get; private set; }

    /// <summary>The path of the folder that something is in; empty for the tree's own.</summary>
    public static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    public void Add(FileLayerEntry entry)
    {
        if (!_placed.Add(entry.Path)) return;
        for (var folder = FolderOf(entry.Path); folder.Length > 0; folder = FolderOf(folder))
        {
            if (!all.TryGetValue(folder, out var above) || !_placed.Add(folder)) break;
            _entries.Add(above);
        }
        if (entry.Type == TarEntryType.HardLink && !_placed.Contains(entry.LinkTarget)) entry = Moved(entry);
        if (entry.Type == TarEntryType.File) Size += entry.Size;
        _entries.Add(entry);
    }

    /// <summary>The first name of a file that is in this part holds the content.</summary>
    private FileLayerEntry Moved(FileLayerEntry link)
    {
        if (_movedTargets.TryGetValue(link.LinkTarget, out var moved)) return link with { LinkTarget = moved };
        _movedTargets.Add(link.LinkTarget, link.Path);
        return all[link.LinkTarget].At(link.Path);
    }
}
