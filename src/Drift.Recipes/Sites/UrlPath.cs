// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace Drift.Recipes;

/// <summary>Names of files as browsers write them in the path of a URL (WHATWG URL, "path percent-encode set").</summary>
internal static class UrlPath
{
    internal static string Encode(string name)
    {
        var path = new StringBuilder(name.Length);
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            // "%" is escaped so that the name is what a decoder finds; "\" and "/" would part the path.
            if (b is <= 0x20 or >= 0x7f or (byte)'"' or (byte)'#' or (byte)'<' or (byte)'>' or (byte)'?' or (byte)'^' or (byte)'`' or (byte)'{' or (byte)'}'
                or (byte)'%' or (byte)'\\' or (byte)'/')
            {
                path.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                path.Append((char)b);
            }
        }
        return path.ToString();
    }

    /// <summary>Whether the server can be asked for a path: printable ASCII from a slash, without query or fragment.</summary>
    internal static bool IsServable(string path) =>
        path.StartsWith('/') && path.All(c => c is > ' ' and < '\x7f' and not ('?' or '#' or '\\'));
}
