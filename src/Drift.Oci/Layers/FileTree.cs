// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// What a folder of this machine held when it was read: paths, kinds, modes and links, in the order of their paths. The contents of the
/// files are read when a layer is packed, so that memory grows with the number of files and not with their size.
/// </summary>
public sealed class FileTree
{
    private FileTree(IReadOnlyList<FileLayerEntry> entries, FileTreeOptions options, long size)
    {
        Entries = entries;
        Owner = options.Owner;
        Group = options.Group;
        Size = size;
    }

    /// <summary>How many files, folders and links there are.</summary>
    public int Count => Entries.Count;

    /// <summary>The size of all files in bytes, each hard-linked one once.</summary>
    public long Size { get; }

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
        return Task.Run(() => Read(directory, options ?? new FileTreeOptions(), cancellationToken), cancellationToken);
    }

    private static FileTree Read(string directory, FileTreeOptions options, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"There is no folder {directory}.", "Check the path.");
        }
        var reader = new FileTreeReader(Path.GetFullPath(directory), options);
        reader.Read(cancellationToken);
        return new FileTree(reader.Entries, options, reader.Size);
    }
}
