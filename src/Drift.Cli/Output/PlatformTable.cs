// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Drift.Cli;

/// <summary>The table of platforms and sizes that <c>up</c> and <c>build</c> end with.</summary>
internal static class PlatformTable
{
    public static IRenderable Of(IEnumerable<PlatformReport> platforms)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        table.AddColumn(new TableColumn("platform").NoWrap().PadLeft(0));
        table.AddColumn(new TableColumn("binary").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("image").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("digest").NoWrap());
        foreach (var platform in platforms)
        {
            table.AddRow(platform.Platform, platform.BinarySize is { } size ? Bytes(size) : "", Bytes(platform.ImageSize), platform.Digest);
        }
        return table;
    }

    public static string Bytes(long size) => size.ToString("N0", CultureInfo.InvariantCulture) + " B";
}
