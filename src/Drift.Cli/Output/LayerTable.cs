// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Cli;

/// <summary>The table of layers: what a change of the runtime, a package, a project or the app uploads again.</summary>
internal static class LayerTable
{
    private const int ShownContents = 3;

    public static void Print(IEnumerable<LayerReport> layers, Printer printer)
    {
        var table = new TextTable("layer", ">files", ">size", ">upload again", "when one of these changes");
        foreach (var layer in layers)
        {
            table.Add(layer.Group, layer.Files.ToString("N0", CultureInfo.InvariantCulture), PlatformTable.Bytes(layer.Size), PlatformTable.Bytes(layer.UploadWhenChanged), Names(layer.Contents));
        }
        table.Print(printer);
    }

    private static string Names(IReadOnlyList<string> contents) =>
        string.Join(", ", contents.Take(ShownContents)) + (contents.Count > ShownContents ? $" and {contents.Count - ShownContents} more" : "");
}
