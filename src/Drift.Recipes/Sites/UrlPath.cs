// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Recipes;

/// <summary>Paths of URLs, as browsers write them and as servers read them.</summary>
internal static class UrlPath
{
    /// <summary>A decoded path as browsers write it (WHATWG URL, "path percent-encode set").</summary>
    internal static string Encode(string path) => Encode(path, keepEscapes: false);

    /// <summary>A path or URL that is percent-encoded already, at least in part, as browsers write it.</summary>
    internal static string Complete(string url) => Encode(url, keepEscapes: true);

    /// <summary>A path without its escapes; null when one is malformed, stands for a zero, or the bytes are no UTF-8.</summary>
    internal static string? TryDecode(string path)
    {
        var bytes = new List<byte>(path.Length);
        var utf8 = Encoding.UTF8.GetBytes(path);
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] != '%')
            {
                bytes.Add(utf8[i]);
                continue;
            }
            if (i + 2 >= utf8.Length || !char.IsAsciiHexDigit((char)utf8[i + 1]) || !char.IsAsciiHexDigit((char)utf8[i + 2])) return null;
            bytes.Add(byte.Parse(utf8.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            i += 2;
        }
        var decoded = bytes.ToArray();
        return System.Text.Unicode.Utf8.IsValid(decoded) && !bytes.Contains(0) ? Encoding.UTF8.GetString(decoded) : null;
    }

    /// <summary>Whether a decoded path is one that a request can have: from a slash, and without a zero.</summary>
    internal static bool IsServable(string path) => path.StartsWith('/') && !path.Contains('\0', StringComparison.Ordinal);

    private static string Encode(string text, bool keepEscapes)
    {
        var path = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            // Without escapes of its own, what parts a URL is part of a name; "%" is escaped so that the name is what a decoder finds.
            if (b is <= 0x20 or >= 0x7f or (byte)'"' or (byte)'<' or (byte)'>' or (byte)'^' or (byte)'`' or (byte)'{' or (byte)'}' or (byte)'\\'
                || (!keepEscapes && b is (byte)'#' or (byte)'?' or (byte)'%'))
            {
                path.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
            else
            {
                path.Append((char)b);
            }
        }
        return path.ToString();
    }
}
