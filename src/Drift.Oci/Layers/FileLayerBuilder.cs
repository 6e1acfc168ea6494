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

    private readonly HashSet<FileLayerEntry> _entries = new(FileLayerPaths.Comparer);
    private readonly HashSet<FileLayerEntry>.AlternateLookup<ReadOnlySpan<char>> _byPath;

    internal FileLayerBuilder() => _byPath = _entries.GetAlternateLookup<ReadOnlySpan<char>>();

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

    /// <summary>
    /// Adds another name of a file of this layer, which may be added later. Mode, owner and content are the file's; which of the names
    /// the archive stores the content under does not show in a container.
    /// </summary>
    public FileLayerBuilder AddHardLink(string path, string target) =>
        Add(new FileLayerEntry(Normalize(path), TarEntryType.HardLink, 0, 0, 0, null, Normalize(target)));

    /// <summary>
    /// Adds what a folder of this machine held when the tree was read, below <paramref name="path"/>, which may be <c>/</c>. The folder at
    /// <paramref name="path"/> itself gets mode 755 and the owner of the tree's options. A folder that was added before stays as it is.
    /// </summary>
    public FileLayerBuilder AddTree(string path, FileTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var prefix = path.All(c => c == '/') ? "" : Normalize(path) + "/";
        if (prefix.Length > 0) _entries.Add(Folder(prefix[..^1], tree.Owner, tree.Group));
        foreach (var entry in tree.Entries)
        {
            var placed = prefix.Length == 0 ? entry : entry.Below(prefix);
            if (placed.Type == TarEntryType.Directory && _entries.TryGetValue(placed, out var existing) && existing.Type == TarEntryType.Directory) continue;
            Add(placed);
        }
        return this;
    }

    /// <summary>Hides a file, or a folder and all that is in it, of the layers below (image-spec layer.md, "Whiteouts").</summary>
    public FileLayerBuilder AddWhiteout(string path)
    {
        var normal = Normalize(path);
        var name = normal.LastIndexOf('/') + 1;
        return Add(Marker($"{normal[..name]}{Whiteout.Prefix}{normal[name..]}"));
    }

    /// <summary>Hides all that the layers below have in a folder; what this layer adds to it stays. <c>/</c> hides everything.</summary>
    public FileLayerBuilder AddOpaqueWhiteout(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Add(Marker(path.All(c => c == '/') ? Whiteout.Opaque : $"{Normalize(path)}/{Whiteout.Opaque}"));
    }

    /// <summary>Gives an entry that was added before an extended attribute, for example <c>security.capability</c>.</summary>
    /// <param name="path">The entry.</param>
    /// <param name="name">The attribute's name with its namespace.</param>
    /// <param name="value">Its bytes.</param>
    public FileLayerBuilder SetExtendedAttribute(string path, string name, ReadOnlyMemory<byte> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('=', '\0', '\n')) throw new ArgumentException($"The name {name} has a character that an archive cannot store.", nameof(name));
        var normal = Normalize(path);
        if (!_byPath.TryGetValue(normal, out var entry)) throw new ArgumentException($"/{normal} was not added.", nameof(path));
        var attributes = new Dictionary<string, ReadOnlyMemory<byte>>(entry.ExtendedAttributes?.AsEnumerable() ?? [], StringComparer.Ordinal) { [name] = value };
        Replace(entry with { ExtendedAttributes = attributes });
        return this;
    }

    internal FileLayer Build()
    {
        ResolveHardLinks();
        var folder = "";
        foreach (var entry in _entries.ToArray())
        {
            var path = entry.Path.AsSpan();
            // Most entries are in the same folder as the one before them.
            var end = path.LastIndexOf('/');
            if (end <= 0 || path[..end].SequenceEqual(folder)) continue;
            folder = path[..end].ToString();
            for (var slash = end; slash > 0; slash = path[..slash].LastIndexOf('/'))
            {
                if (_byPath.TryGetValue(path[..slash], out var existing))
                {
                    // The folders above it are looked at for its own sake.
                    if (existing.Type == TarEntryType.Directory) break;
                    throw new ArgumentException($"/{path[..slash]} is not a folder, so /{path} cannot be inside it.");
                }
                _entries.Add(Folder(path[..slash].ToString()));
            }
        }
        foreach (var entry in _entries)
        {
            var name = entry.RelativePath.LastIndexOf('/') + 1;
            if (entry.RelativePath.AsSpan(name).StartsWith(Whiteout.Prefix) && Whiteout.HiddenName(entry.RelativePath[name..]) is { } hidden
                && _byPath.Contains($"{entry.Prefix}{entry.RelativePath[..name]}{hidden}"))
            {
                throw new ArgumentException($"/{entry.Prefix}{entry.RelativePath[..name]}{hidden} is both hidden and added; a folder's old content is hidden by AddOpaqueWhiteout.");
            }
        }
        var sorted = _entries.ToArray();
        Array.Sort(sorted, FileLayerPaths.Comparer);
        return new FileLayer(sorted);
    }

    /// <summary>A link's target must come before it in the archive, so the first of a file's names gets the content.</summary>
    private void ResolveHardLinks()
    {
        foreach (var group in _entries.Where(entry => entry.Type == TarEntryType.HardLink).GroupBy(Target).ToArray())
        {
            var file = group.Key;
            var names = group.Select(link => link.Path).Append(file.Path).Order(StringComparer.Ordinal).ToArray();
            Replace(file.At(names[0]));
            foreach (var name in names[1..])
            {
                Replace(file.At(name) with { Type = TarEntryType.HardLink, Content = null, LinkTarget = names[0], ExtendedAttributes = null });
            }
        }

        FileLayerEntry Target(FileLayerEntry link)
        {
            var entry = link;
            for (var steps = 0; entry.Type == TarEntryType.HardLink; steps++)
            {
                if (steps > _entries.Count || !_byPath.TryGetValue(entry.LinkTarget, out var next))
                {
                    throw new ArgumentException($"/{link.Path} is a hard link to /{link.LinkTarget}, which is no file of this layer.");
                }
                entry = next;
            }
            return entry.Type == TarEntryType.File ? entry : throw new ArgumentException($"/{link.Path} is a hard link to /{entry.Path}, which is not a file.");
        }
    }

    private FileLayerBuilder Add(FileLayerEntry entry)
    {
        if (!_entries.Add(entry)) throw new ArgumentException($"/{entry.Path} is added twice.");
        return this;
    }

    private void Replace(FileLayerEntry entry)
    {
        _entries.Remove(entry);
        _entries.Add(entry);
    }

    private static FileLayerEntry Folder(string path, long owner = 0, long group = 0) => new(path, TarEntryType.Directory, Executable, owner, group, null, "");

    private static FileLayerEntry Marker(string path) => new(path, TarEntryType.File, 0, 0, 0, ContentSource.FromBytes(default), "");

    private static string Normalize(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) throw new ArgumentException("The path names the root itself.", nameof(path));
        if (Array.Exists(parts, part => part is "." or ".." || part.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ArgumentException($"The path {path} has a part that is not a name.", nameof(path));
        }
        if (Array.Exists(parts, Whiteout.IsMarker))
        {
            throw new ArgumentException($"The path {path} has a part that begins with {Whiteout.Prefix}, which means a deletion in a layer; AddWhiteout adds one.", nameof(path));
        }
        return string.Join('/', parts);
    }
}
