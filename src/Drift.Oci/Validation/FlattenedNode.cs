// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A place in the tree of a flattened file system.</summary>
internal sealed class FlattenedNode
{
    /// <summary>What is here; null when only something below it was named.</summary>
    public FlattenedFile? File { get; set; }

    /// <summary>The layer that put <see cref="File"/> here.</summary>
    public int Layer { get; set; }

    public Dictionary<string, FlattenedNode>? Children { get; set; }

    /// <summary>The last layer that hid what lower layers have here: it does so once, however often it says it.</summary>
    private int _hiddenBy = -1;

    /// <summary>Removes what layers below <paramref name="layer"/> have at and below this place; true when nothing is left.</summary>
    public bool Hide(int layer)
    {
        if (Layer < layer) File = null;
        HideChildren(layer);
        return File is null && Children is null;
    }

    /// <summary>Removes what layers below <paramref name="layer"/> have below this place.</summary>
    public void HideChildren(int layer)
    {
        if (Children is null || _hiddenBy == layer) return;
        _hiddenBy = layer;
        foreach (var (name, child) in Children)
        {
            if (child.Hide(layer)) Children.Remove(name);
        }
        if (Children.Count == 0) Children = null;
    }
}
