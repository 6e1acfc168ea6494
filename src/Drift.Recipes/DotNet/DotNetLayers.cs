// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>
/// Parts an app into layers by what changes at the same time. Where a package goes depends on its own name and size alone, so that another
/// package that comes, goes or grows moves nothing (docs/decisions/0010-dotnet-layers.md).
/// </summary>
internal static class DotNetLayers
{
    /// <summary>How many layers an app has at most.</summary>
    public const int Maximum = 3 + LargeSlots + SmallSlots;

    /// <summary>A package of this size, in bytes, is large.</summary>
    public const long LargeSize = 1024 * 1024;

    private const int LargeSlots = 6;
    private const int SmallSlots = 3;

    /// <param name="tree">The files.</param>
    /// <param name="owners">Whose they are.</param>
    /// <param name="root">The folder of the image that they go to.</param>
    public static IReadOnlyList<RecipeLayer> Plan(FileTree tree, DotNetFileOwners owners, string root)
    {
        var parts = tree.Split(owners.OwnerOf);
        return [.. parts
            .Where(part => part.Key != owners.LeftOut)
            .GroupBy(part => (part.Key.Group, Slot: part.Key.Group == RecipeLayerGroup.Packages ? SlotOf(part.Key.Name, part.Value.Size) : 0))
            .OrderBy(group => group.Key)
            .Select(group => LayerOf(group.Key.Group, [.. group], root))];
    }

    /// <summary>Large packages by their name: each is mostly alone. Small ones by the first two words of it: such families are updated together.</summary>
    public static int SlotOf(string name, long size)
    {
        var words = name.ToLowerInvariant().Split('.');
        return size >= LargeSize ? Hash(string.Join('.', words)) % LargeSlots : LargeSlots + Hash(string.Join('.', words.Take(2))) % SmallSlots;
    }

    private static RecipeLayer LayerOf(RecipeLayerGroup group, KeyValuePair<DotNetLibrary, FileTree>[] parts, string root)
    {
        var layer = FileLayer.Create(files =>
        {
            foreach (var part in parts) files.AddTree(root, part.Value);
        });
        return new RecipeLayer(layer, group, [.. parts.Select(part => part.Key.ToString()).Order(StringComparer.Ordinal)], parts.Sum(part => part.Value.FileCount));
    }

    private static int Hash(string text) => BinaryPrimitives.ReadUInt16LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
