// SPDX-License-Identifier: Apache-2.0

using Drift.Fuzz;
using Drift.Oci;
using Tar = System.Formats.Tar;

namespace Drift.Recipes.Tests;

/// <summary>Tells the entries of a plain layer as .NET's own reader of tar sees them.</summary>
internal static class LayerEntries
{
    /// <summary>Each entry as <c>path mode uid:gid content</c>, with <c>→ target</c> for a link and <c>/</c> after a folder.</summary>
    public static IReadOnlyList<string> Entries(this MemoryImage image, Descriptor layer)
    {
        var entries = new List<string>();
        using var reader = new Tar.TarReader(new MemoryStream(image.Blob(layer)));
        while (reader.GetNextEntry() is { } entry)
        {
            var content = entry.DataStream is { } data ? " " + new StreamReader(data).ReadToEnd() : "";
            var kind = entry.EntryType is Tar.TarEntryType.SymbolicLink or Tar.TarEntryType.HardLink ? $" → {entry.LinkName}" : content;
            entries.Add($"{entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid}{kind}");
        }
        return entries;
    }
}
