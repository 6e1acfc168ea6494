// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Collects the entries of a <see cref="FileLayer"/>. Paths are those inside the image, absolute with <c>/</c>. Folders above an entry are
/// made where none was added, each once, with mode 755 and owned by root. A path added twice is an error.
/// </summary>
public sealed class FileLayerBuilder
{
    /// <summary>Mode bits of a program or a folder, rwxr-xr-x.</summary>
    public const int Executable = 0b111_101_101;

    /// <summary>Mode bits of a plain file, rw-r--r--.</summary>
    public const int ReadOnly = 0b110_100_100;

    private readonly SortedDictionary<string, FileLayerEntry> _entries = new(StringComparer.Ordinal);

    internal FileLayerBuilder()
    {
    }

    /// <summary>Adds a file with the content of a file of this machine, read when the layer is packed.</summary>
    public FileLayerBuilder Add(string path, string sourcePath, int mode = ReadOnly, long owner = 0, long group = 0) =>
        Add(path, ContentSource.FromFile(sourcePath), mode, owner, group);

    /// <summary>Adds a file.</summary>
    public FileLayerBuilder Add(string path, ContentSource content, int mode = ReadOnly, long owner = 0, long group = 0)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Add(new FileLayerEntry(Normalize(path), TarEntryType.File, mode, owner, group, content, ""));
    }

    /// <summary>Adds a folder.</summary>
    public FileLayerBuilder AddDirectory(string path, int mode = Executable, long owner = 0, long group = 0) =>
        Add(new FileLayerEntry(Normalize(path), TarEntryType.Directory, mode, owner, group, null, ""));

    /// <summary>Adds a symbolic link; its target is stored as it is.</summary>
    public FileLayerBuilder AddSymbolicLink(string path, string target, long owner = 0, long group = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        return Add(new FileLayerEntry(Normalize(path), TarEntryType.SymbolicLink, 0b111_111_111, owner, group, null, target));
    }

    internal FileLayer Build()
    {
        foreach (var path in _entries.Keys.ToArray())
        {
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                var parent = path[..slash];
                if (_entries.TryGetValue(parent, out var existing))
                {
                    if (existing.Type == TarEntryType.Directory) continue;
                    throw new ArgumentException($"/{parent} is not a folder, so /{path} cannot be inside it.");
                }
                _entries.Add(parent, new FileLayerEntry(parent, TarEntryType.Directory, Executable, 0, 0, null, ""));
            }
        }
        return new FileLayer([.. _entries.Values]);
    }

    private FileLayerBuilder Add(FileLayerEntry entry)
    {
        if (!_entries.TryAdd(entry.Path, entry)) throw new ArgumentException($"/{entry.Path} is added twice.");
        return this;
    }

    private static string Normalize(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) throw new ArgumentException("The path names the root itself.", nameof(path));
        if (Array.Exists(parts, part => part is "." or ".." || part.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ArgumentException($"The path {path} has a part that is not a name.", nameof(path));
        }
        return string.Join('/', parts);
    }
}
