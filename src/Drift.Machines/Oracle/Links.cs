// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace Drift.Machines;

/// <summary>Pre-authenticated requests in what Oracle says: whoever has one can read the image.</summary>
internal static partial class Links
{
    /// <summary>The text without the part of each link that opens it.</summary>
    public static string Hide(string text) => Link().Replace(text, "/p/…");

    [GeneratedRegex("/p/[^/\\s\"']+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
