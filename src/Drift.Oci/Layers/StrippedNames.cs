// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Which entries of a layer go, and under which names the contents of the others stand. Entries are known by their number.</summary>
internal sealed class StrippedNames(string origin, DockerIgnore patterns)
{
    private readonly NameBudget _budget = new();
    private readonly Dictionary<string, int> _contents = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _names = [];
    private readonly Dictionary<int, string> _stripped = [];
    private readonly Dictionary<int, (int Content, bool IsFile)> _links = [];
    private readonly HashSet<string> _foldersAbove = new(StringComparer.Ordinal);

    /// <summary>Takes in the next entry.</summary>
    public void Add(TarEntry entry, int ordinal)
    {
        _budget.Add(entry, origin);
        var path = Normal(entry.Path);
        if (path.Length == 0) return;
        var isStripped = IsStripped(path);
        if (isStripped) _stripped[ordinal] = path;
        else if (patterns.HasExceptions) AddFoldersAbove(path);

        if (entry.Type == TarEntryType.Directory) return;
        var content = ordinal;
        if (entry.Type == TarEntryType.HardLink)
        {
            var target = Normal(entry.LinkTarget);
            if (target.Length == 0) throw Invalid($"has a hard link to the root: {LayerPath.Printable(path)}");
            if (!_contents.TryGetValue(target, out content))
            {
                if (!isStripped && patterns.IsExcluded(target))
                {
                    throw new DriftException(ErrorCode.NotSupported, $"/{LayerPath.Printable(path)} in the layer {origin} is a hard link to /{LayerPath.Printable(target)} of a layer below, which would be taken out.", "Take both out, or merge the layers first with drift flatten.");
                }
                return;
            }
            // The first name that stays holds the content, if the content's own does not.
            if (!isStripped) _links[ordinal] = (content, _names.TryAdd(content, path));
        }
        else if (!isStripped)
        {
            _names[ordinal] = path;
        }
        _contents[path] = content;
    }

    /// <summary>Ends the reading; true when anything goes.</summary>
    public bool Complete()
    {
        // A folder is there still when something in it is.
        foreach (var (ordinal, path) in _stripped.Where(pair => _foldersAbove.Contains(pair.Value)).ToArray()) _stripped.Remove(ordinal);
        return _stripped.Count > 0;
    }

    /// <summary>The entry as it is written; null when it goes, or went before under another name.</summary>
    public TarEntry? EntryOf(TarEntry entry, int ordinal)
    {
        if (_stripped.ContainsKey(ordinal)) return _names.TryGetValue(ordinal, out var name) ? entry with { Path = name } : null;
        if (!_links.TryGetValue(ordinal, out var link)) return entry;
        return link.IsFile ? null : patterns.IsExcluded(Normal(entry.LinkTarget)) ? entry with { LinkTarget = _names[link.Content] } : entry;
    }

    /// <summary>A deletion goes with the folder that it is in, and not with what it hides.</summary>
    private bool IsStripped(string path)
    {
        var slash = path.LastIndexOf('/');
        if (!Whiteout.IsMarker(path[(slash + 1)..])) return patterns.IsExcluded(path);
        return slash > 0 && !patterns.HasExceptions && patterns.IsExcluded(path[..slash]);
    }

    private void AddFoldersAbove(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0 && _foldersAbove.Add(path[..slash]); slash = path.LastIndexOf('/', slash - 1))
        {
        }
    }

    private string Normal(string path) => LayerPath.Split(path) is { } parts ? string.Join('/', parts) : throw Invalid($"has an entry that leaves the image: {LayerPath.Printable(path)}");

    private DriftException Invalid(string problem) => new(ErrorCode.InvalidContent, $"The layer {origin} {problem}.", "Do not use this image; it is hostile or damaged.");
}
