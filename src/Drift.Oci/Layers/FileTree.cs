// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Oci;

/// <summary>
/// What a folder of this machine held when it was read: paths, kinds, modes and links, in the order of their paths. The contents of the
/// files are read when a layer is packed, so that memory grows with the number of files and not with their size.
/// </summary>
public sealed class FileTree
{
    private FileTree(IReadOnlyList<FileLayerEntry> entries, long owner, long group, long size)
    {
        Entries = entries;
        Owner = owner;
        Group = group;
        Size = size;
    }

    /// <summary>How many files, folders and links there are.</summary>
    public int Count => Entries.Count;

    /// <summary>The size of all files in bytes, each hard-linked one once.</summary>
    public long Size { get; }

    /// <summary>How many of them are not folders.</summary>
    public int FileCount => Entries.Count(entry => entry.Type != TarEntryType.Directory);

    internal IReadOnlyList<FileLayerEntry> Entries { get; }

    internal long Owner { get; }

    internal long Group { get; }

    /// <summary>
    /// Reads a folder. Symbolic links stay links, and are not followed; files that are hard links of each other are stored once; empty
    /// folders are kept.
    /// </summary>
    /// <exception cref="DriftException">
    /// The folder does not exist or cannot be read, or holds a socket, a device, a pipe, a name that is not UTF-8 or one that means a
    /// deletion in a layer.
    /// </exception>
    public static Task<FileTree> ReadAsync(string directory, FileTreeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        // On this thread: another one would take longer to start than most folders take to read.
        return Task.FromResult(Read(directory, options ?? new FileTreeOptions(), cancellationToken));
    }

    /// <summary>
    /// Parts the tree by a key of each file's path, which is relative and parted by <c>/</c>. Folders are in every part that has something
    /// below them; an empty one goes by its own path. A hard link whose other names are in another part becomes a file.
    /// </summary>
    public IReadOnlyDictionary<TKey, FileTree> Split<TKey>(Func<string, TKey> keyOf)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        return SplitEntries(entry => keyOf(entry.Path));
    }

    /// <summary>
    /// Distributes the files over at most <paramref name="count"/> trees, to become as many layers: a file that changes, comes or goes changes
    /// only one of them. Which one depends on its path alone. Hard links stay together.
    /// </summary>
    public IReadOnlyList<FileTree> Split(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count == 1) return [this];
        var names = new string[count];
        for (var part = 0; part < count; part++) names[part] = part.ToString("d6", CultureInfo.InvariantCulture);
        var parts = SplitEntries(entry => names[PartOf(entry.Type == TarEntryType.HardLink ? entry.LinkTarget : entry.Path, count)]);
        return [.. names.Where(parts.ContainsKey).Select(name => parts[name])];
    }

    private Dictionary<TKey, FileTree> SplitEntries<TKey>(Func<FileLayerEntry, TKey> keyOf)
        where TKey : notnull
    {
        var all = Entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
        var filled = Entries.Select(entry => FileTreePart.FolderOf(entry.Path)).ToHashSet(StringComparer.Ordinal);
        var parts = new Dictionary<TKey, FileTreePart>();
        foreach (var entry in Entries.Where(entry => entry.Type != TarEntryType.Directory || !filled.Contains(entry.Path)))
        {
            var key = keyOf(entry);
            if (!parts.TryGetValue(key, out var part)) parts.Add(key, part = new FileTreePart(all));
            part.Add(entry);
        }
        return parts.ToDictionary(part => part.Key, part => new FileTree(part.Value.Entries, Owner, Group, part.Value.Size));
    }

    /// <summary>Where a path belongs, by its FNV-1a hash: the same on every machine.</summary>
    private static int PartOf(string path, int count)
    {
        var hash = 2_166_136_261u;
        foreach (var c in path) hash = (hash ^ c) * 16_777_619u;
        return (int)(hash % (uint)count);
    }

    private static FileTree Read(string directory, FileTreeOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"There is no folder {directory}.", "Check the path.");
        }
        var reader = new FileTreeReader(Path.GetFullPath(directory), options);
        reader.Read(cancellationToken);
        return new FileTree(reader.Entries, options.Owner, options.Group, reader.Size);
    }
}
