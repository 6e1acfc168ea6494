// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Cli;

/// <summary>Prints the result of <c>drift diff</c>: what differs, one thing a line, and a sum.</summary>
internal static class DiffText
{
    public static void Print(DiffReport report, Printer printer)
    {
        if (report.Equal) return;
        Section(printer, "config", report.Members.Select(member => $"~ {member.Member}: {member.A ?? "(none)"} → {member.B ?? "(none)"}"));
        var width = report.Layers.Select(layer => Bytes(layer.Size).Length).DefaultIfEmpty(0).Max();
        Section(printer, "layers", report.Layers.Select(layer => $"{Mark(layer.Change)} {Bytes(layer.Size).PadLeft(width)}  {layer.Digest}"));
        var deltaWidth = report.Files.Select(file => Delta(file.Delta).Length).DefaultIfEmpty(0).Max();
        Section(printer, "files", report.Files.Select(file => $"{Mark(file.Change)} {Delta(file.Delta).PadLeft(deltaWidth)}  /{file.Path}{(file.What.Count == 0 ? "" : $" ({string.Join(", ", file.What)})")}"));
        printer.Line(string.Create(CultureInfo.InvariantCulture, $"{Count("added")} added, {Count("removed")} removed, {Count("changed")} changed, {Delta(report.Files.Sum(file => file.Delta))}"));
        if (report is { CommonLayers: > 0, Files.Count: > 0 })
        {
            printer.Step($"The {report.CommonLayers} lowest layers are the same and were not read: what one image changes of them counts as added or removed.");
        }

        int Count(string change) => report.Files.Count(file => file.Change == change);
    }

    private static void Section(Printer printer, string title, IEnumerable<string> lines)
    {
        var isFirst = true;
        foreach (var line in lines)
        {
            if (isFirst) printer.Line(title);
            isFirst = false;
            printer.Line("  " + line);
        }
    }

    private static char Mark(string change) => change switch { "added" => '+', "removed" => '-', "same" => '=', _ => '~' };

    private static string Bytes(long size) => size.ToString("N0", CultureInfo.InvariantCulture) + " B";

    private static string Delta(long size) => (size > 0 ? "+" : "") + Bytes(size);
}
