// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drift.Cli;

/// <summary>The table of layers: what a change of the runtime, a package, a project or the app uploads again.</summary>
internal static class LayerTable
{
    private const int ShownContents = 3;

    public static IRenderable Of(IEnumerable<LayerReport> layers)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        table.AddColumn(new TableColumn("layer").NoWrap().PadLeft(0));
        table.AddColumn(new TableColumn("files").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("size").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("upload again").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("when one of these changes"));
        foreach (var layer in layers)
        {
            // Text, not markup: the names come from the app.
            table.AddRow(new Text(layer.Group), new Text(layer.Files.ToString("N0", CultureInfo.InvariantCulture)), new Text(PlatformTable.Bytes(layer.Size)),
                new Text(PlatformTable.Bytes(layer.UploadWhenChanged)), new Text(Names(layer.Contents)));
        }
        return table;
    }

    private static string Names(IReadOnlyList<string> contents) =>
        string.Join(", ", contents.Take(ShownContents)) + (contents.Count > ShownContents ? $" and {contents.Count - ShownContents} more" : "");
}
