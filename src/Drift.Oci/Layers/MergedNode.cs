// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A name in a <see cref="MergedTree"/>: a folder when it has <see cref="Children"/>, else a file, a link, a device or a deletion.</summary>
internal sealed class MergedNode(int layer)
{
    /// <summary>The number of the layer that made it.</summary>
    public int Layer { get; set; } = layer;

    /// <summary>The archive's entry; null for a deletion, and for a folder that only the paths of others name.</summary>
    public TarEntry? Entry { get; set; }

    public SortedDictionary<string, MergedNode>? Children { get; init; }

    /// <summary>A regular file's content, which hard links share.</summary>
    public MergedContent? Content { get; init; }

    /// <summary>A hard link's target that is in none of the merged layers.</summary>
    public string? OutsideTarget { get; init; }

    /// <summary>Whether it hides what layers below the merged ones have in this folder.</summary>
    public bool IsOpaque { get; set; }

    /// <summary>The last layer that hid what those before it have in this folder.</summary>
    public int HiddenBy { get; set; } = -1;

    public bool IsWhiteout => Entry is null && Children is null;

    public static MergedNode Folder(int layer, bool isOpaque = false) =>
        new(layer) { Children = new SortedDictionary<string, MergedNode>(StringComparer.Ordinal), IsOpaque = isOpaque };
}
