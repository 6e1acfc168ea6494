// SPDX-License-Identifier: Apache-2.0

using System.IO.Enumeration;

namespace Drift.Oci;

/// <summary>Walks a folder, without recursion, and collects its entries.</summary>
internal sealed class FileTreeReader(string root, FileTreeOptions options)
{
    private static readonly EnumerationOptions EveryEntry = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
    // For whoever wants to see that the order in which a file system lists its entries does not matter.
    private static readonly bool IsReversed = AppContext.TryGetSwitch("Drift.Oci.ReverseDirectoryEntries", out var isReversed) && isReversed;
    private const int OwnerExecute = 0b001_000_000;
    private readonly List<FileLayerEntry> _entries = [];
    private Dictionary<(ulong Device, ulong Inode), List<string>>? _linked;
    private readonly Dictionary<string, FileStatus> _leftOut = new(StringComparer.Ordinal);

    public IReadOnlyList<FileLayerEntry> Entries => _entries;

    public long Size { get; private set; }

    public void Read(CancellationToken cancellationToken)
    {
        var pending = new Stack<string>();
        pending.Push("");
        while (pending.TryPop(out var directory))
        {
            foreach (var name in Names(directory))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = directory.Length == 0 ? name : $"{directory}/{name}";
                if (Visit(path, name)) pending.Push(path);
            }
        }
        ShareContent();
        _entries.Sort(FileLayerPaths.Comparer);
    }

    /// <summary>Takes an entry in; true when it is a folder to walk.</summary>
    private bool Visit(string path, string name)
    {
        var isLeftOut = options.Ignore?.IsExcluded(path) == true;
        // What an exception may bring back is below a folder that is left out.
        if (isLeftOut && !options.Ignore!.HasExceptions) return false;
        var status = FileStatus.Read(FullPath(path));
        if (isLeftOut)
        {
            if (status.Type == TarEntryType.Directory) _leftOut[path] = status;
            return status.Type == TarEntryType.Directory;
        }
        if (Whiteout.IsMarker(name))
        {
            throw Unusable(path, $"has a name that means a deletion in a layer ({Whiteout.Prefix})", "Rename it, or leave it out with .dockerignore.");
        }
        AddFoldersAbove(path);
        switch (status.Type)
        {
            case TarEntryType.Directory:
                _entries.Add(Entry(path, status));
                return true;
            case TarEntryType.SymbolicLink:
                _entries.Add(Entry(path, status) with { Mode = 0b111_111_111, LinkTarget = FileStatus.LinkTarget(FullPath(path)) });
                return false;
            case TarEntryType.File:
                _entries.Add(Entry(path, status) with { Content = new FileTreeContent(root, path, status.Identity), Size = status.Size });
                if (status.Links <= 1) Size += status.Size;
                else AddLink(path, status);
                return false;
            default:
                var kind = status.Type switch
                {
                    TarEntryType.Fifo => "a pipe",
                    TarEntryType.BlockDevice or TarEntryType.CharacterDevice => "a device",
                    _ => "a socket",
                };
                throw Unusable(path, $"is {kind}, which an image cannot hold", "Remove it, or leave it out with .dockerignore.");
        }
    }

    private string[] Names(string directory)
    {
        try
        {
            string[] names = [.. new FileSystemEnumerable<string>(FullPath(directory), static (ref entry) => entry.FileName.ToString(), EveryEntry)];
            if (IsReversed) Array.Reverse(names);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.LayerSource, $"{FullPath(directory)} cannot be read: {e.Message}", "Check that the folder exists and may be read.", e);
        }
    }

    /// <summary>A folder that the rules leave out is there again when something in it is not.</summary>
    private void AddFoldersAbove(string path)
    {
        if (_leftOut.Count == 0) return;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (_leftOut.Remove(path[..slash], out var status)) _entries.Add(Entry(path[..slash], status));
        }
    }

    private void AddLink(string path, FileStatus status)
    {
        _linked ??= [];
        if (_linked.TryGetValue((status.Device, status.Inode), out var paths))
        {
            paths.Add(path);
            return;
        }
        _linked[(status.Device, status.Inode)] = [path];
        Size += status.Size;
    }

    /// <summary>Of a file's names, the first holds the content.</summary>
    private void ShareContent()
    {
        if (_linked is null) return;
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var paths in _linked.Values.Where(paths => paths.Count > 1))
        {
            paths.Sort(StringComparer.Ordinal);
            foreach (var path in paths[1..]) targets[path] = paths[0];
        }
        for (var i = 0; targets.Count > 0 && i < _entries.Count; i++)
        {
            if (targets.TryGetValue(_entries[i].Path, out var target)) _entries[i] = _entries[i] with { Type = TarEntryType.HardLink, Content = null, LinkTarget = target, ExtendedAttributes = null };
        }
    }

    private FileLayerEntry Entry(string path, FileStatus status) =>
        new(path, status.Type, Mode(path, status), options.KeepOwners ? status.UserId : options.Owner, options.KeepOwners ? status.GroupId : options.Group, null, "")
        {
            ModificationTime = options.KeepTimes ? status.ModificationTime : null,
            ExtendedAttributes = options.KeepExtendedAttributes ? ExtendedAttributes.Read(FullPath(path)) : null,
        };

    private int Mode(string path, FileStatus status) => options.KeepModes ? status.Mode
        : status.Type == TarEntryType.File && options.ModeOf?.Invoke(path) is { } mode ? mode
        : status.Type == TarEntryType.Directory || (status.Mode & OwnerExecute) != 0 ? FileLayerBuilder.Executable
        : FileLayerBuilder.ReadOnly;

    private string FullPath(string path) => path.Length == 0 ? root : Path.Combine(root, path);

    private DriftException Unusable(string path, string problem, string hint) => new(ErrorCode.LayerSource, $"{FullPath(path)} {problem}.", hint);
}
