// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// What layers add up to (image-spec layer.md), as names without contents: later ones win, whiteouts delete, and a path that goes through
/// a symbolic link is where the link leads, inside the image. When the layers do not begin at the bottom, deletions are kept for those below.
/// </summary>
internal sealed class MergedTree(bool isBottom)
{
    private const int MaximumDepth = 2048;
    private const int MaximumLinks = 40;
    private readonly NameBudget _budget = new();

    public MergedNode Root { get; } = MergedNode.Folder(-1);

    /// <summary>Applies one entry of the layer with this number; <paramref name="content"/> is that of a regular file.</summary>
    public void Apply(TarEntry entry, int layer, MergedContent? content, string origin)
    {
        _budget.Add(entry, origin);
        var parts = Parts(entry.Path, origin);
        if (parts.Length == 0) return;
        var name = parts[^1];
        var parent = Descend(parts.AsSpan(..^1), layer, origin, create: true)!;
        if (name == Whiteout.Opaque)
        {
            HideChildren(parent, layer);
            parent.IsOpaque = true;
        }
        else if (Whiteout.HiddenName(name) is { } hidden)
        {
            Hide(parent, hidden, layer);
            if (parent.Children!.TryGetValue(hidden, out var left)) left.IsOpaque = true;
            else if (!isBottom) parent.Children[hidden] = new MergedNode(layer);
        }
        else if (!Whiteout.IsMarker(name))
        {
            Add(parent, name, entry, layer, content, origin);
        }
    }

    /// <summary>The node at a path of the result, or null; links are followed but for the last name.</summary>
    public MergedNode? Find(string path, string origin)
    {
        var parts = Parts(path, origin);
        return parts.Length == 0 ? Root : Descend(parts.AsSpan(..^1), 0, origin, create: false)?.Children!.GetValueOrDefault(parts[^1]);
    }

    private void Add(MergedNode parent, string name, TarEntry entry, int layer, MergedContent? content, string origin)
    {
        var existing = parent.Children!.GetValueOrDefault(name);
        if (entry.Type == TarEntryType.Directory)
        {
            // Below may be a folder, which what stood here has hidden so far.
            var folder = existing?.Children is null ? MergedNode.Folder(layer, isOpaque: existing is not null) : existing;
            folder.Entry = entry;
            folder.Layer = layer;
            parent.Children![name] = folder;
            return;
        }
        parent.Children![name] = entry.Type == TarEntryType.HardLink ? Link(entry, layer, origin) : new MergedNode(layer) { Entry = entry, Content = content };
    }

    private MergedNode Link(TarEntry entry, int layer, string origin)
    {
        var target = Find(entry.LinkTarget, origin);
        if (target is { Children: null, IsWhiteout: false, OutsideTarget: null }) return new MergedNode(layer) { Entry = target.Entry, Content = target.Content };
        if (target is { OutsideTarget: { } outside }) return new MergedNode(layer) { Entry = entry, OutsideTarget = outside };
        if (target is null && !isBottom) return new MergedNode(layer) { Entry = entry, OutsideTarget = string.Join('/', Parts(entry.LinkTarget, origin)) };
        throw Hostile($"The layer {origin} links {LayerPath.Printable(entry.Path)} to {LayerPath.Printable(entry.LinkTarget)}, which is no file.");
    }

    /// <summary>The folder at a path: links are followed inside the image; what is absent or no folder becomes one.</summary>
    private MergedNode? Descend(ReadOnlySpan<string> parts, int layer, string origin, bool create)
    {
        var pending = new Stack<string>();
        for (var i = parts.Length - 1; i >= 0; i--) pending.Push(parts[i]);
        var walked = new Stack<MergedNode>();
        walked.Push(Root);
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part == "..")
            {
                // Only a link's target has these; at the root, .. is the root.
                if (walked.Count > 1) walked.Pop();
                continue;
            }
            var folder = walked.Peek();
            var child = folder.Children!.GetValueOrDefault(part);
            if (child?.Entry is { Type: TarEntryType.SymbolicLink, LinkTarget: var target })
            {
                if (++links > MaximumLinks) throw Hostile($"The layer {origin} has links that go in a circle.");
                if (target.StartsWith('/'))
                {
                    walked.Clear();
                    walked.Push(Root);
                }
                foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").Reverse()) pending.Push(step);
                continue;
            }
            if (child?.Children is null)
            {
                if (!create) return null;
                _budget.AddFolder(part, origin);
                child = MergedNode.Folder(layer, isOpaque: child is not null);
                folder.Children![part] = child;
            }
            walked.Push(child);
            if (walked.Count > MaximumDepth) throw Hostile($"The layer {origin} has folders that nest deeper than {MaximumDepth} levels.");
        }
        return walked.Peek();
    }

    /// <summary>Removes what earlier layers have here, and keeps what this one has added.</summary>
    private static void Hide(MergedNode parent, string name, int layer)
    {
        if (!parent.Children!.TryGetValue(name, out var node)) return;
        if (node.Children is null)
        {
            if (node.Layer < layer) parent.Children.Remove(name);
            return;
        }
        HideChildren(node, layer);
        if (node.Layer >= layer) return;
        if (node.Children.Count == 0)
        {
            parent.Children.Remove(name);
            return;
        }
        // The old folder is gone; what is new in it stands in a new one.
        node.Entry = null;
        node.IsOpaque = true;
    }

    /// <summary>Once for each layer: however often it says so, what it has added itself stays.</summary>
    private static void HideChildren(MergedNode folder, int layer)
    {
        if (folder.HiddenBy == layer) return;
        folder.HiddenBy = layer;
        foreach (var child in folder.Children!.Keys.ToArray()) Hide(folder, child, layer);
    }

    private static string[] Parts(string path, string origin) =>
        LayerPath.Split(path) ?? throw Hostile($"The layer {origin} has an entry that leaves the image: {LayerPath.Printable(path)}");

    private static DriftException Hostile(string message) => new(ErrorCode.InvalidContent, message, "Do not use this image; it is hostile or damaged.");
}
