// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.InteropServices;

namespace Drift.Registry;

/// <summary>Bytes of a blob that a download asks for: the first one's offset, and how many.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>
    /// Reads a <c>Range</c> header for content of <paramref name="size"/> bytes. Returns false when the header is to be ignored and the
    /// whole content sent: it is absent, malformed, of another unit, or asks for several ranges (RFC 9110 §14.2 allows all of
    /// these). A range that lies outside of the content has the length 0.
    /// </summary>
    public static bool TryParse(string? header, long size, out ByteRange range)
    {
        range = default;
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.OrdinalIgnoreCase)) return false;
        var text = header.AsSpan(unit.Length).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0) return false;
        var firstText = text[..dash];
        var lastText = text[(dash + 1)..];

        if (firstText.IsEmpty)
        {
            if (!TryParseNumber(lastText, out var suffix)) return false;
            var length = Math.Min(suffix, size);
            range = new ByteRange(size - length, length);
            return true;
        }
        var last = long.MaxValue;
        if (!TryParseNumber(firstText, out var first)) return false;
        if ((!lastText.IsEmpty && !TryParseNumber(lastText, out last)) || last < first) return false;
        range = first >= size ? new ByteRange(first, 0) : new ByteRange(first, Math.Min(last, size - 1) - first + 1);
        return true;
    }

    /// <summary>Reads a chunk's <c>Content-Range</c>: <c>first-last</c>, without a unit (distribution-spec end-5).</summary>
    public static bool TryParseChunk(string header, out ByteRange range)
    {
        range = default;
        var dash = header.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !TryParseNumber(header.AsSpan(0, dash), out var first)) return false;
        if (!TryParseNumber(header.AsSpan(dash + 1), out var last) || last < first) return false;
        range = new ByteRange(first, last - first + 1);
        return range.Length > 0; // It overflows only for 0 to the largest number.
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
