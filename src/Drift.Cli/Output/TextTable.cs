// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>Rows of cells in aligned columns, under a line of headers. A header that begins with <c>&gt;</c> has its column aligned to the right.</summary>
internal sealed class TextTable(params string[] headers)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [[.. headers.Select(header => header.TrimStart('>'))]];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(Printer printer)
    {
        var widths = headers.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            printer.Line(string.Join(Gap, row.Select((cell, column) => headers[column].StartsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
