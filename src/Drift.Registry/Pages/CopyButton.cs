// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>Text to copy. The button is hidden until the script shows it, where the browser has a clipboard.</summary>
internal static class CopyButton
{
    /// <summary>Writes a command as an item of a list.</summary>
    public static void WriteCommand(HtmlWriter html, string command) =>
        html.Write($"""<li><code>{command}</code><button type="button" hidden data-copy="{command}" aria-label="Copy {command}">Copy</button></li>""");

    /// <summary>Writes a digest: its beginning, linked when there is an address, and all of it to copy.</summary>
    public static void WriteDigest(HtmlWriter html, string digest, string? address)
    {
        var shown = digest[..(digest.IndexOf(':', StringComparison.Ordinal) + 13)];
        if (address is null) html.Write($"""<code title="{digest}">{shown}</code>""");
        else html.Write($"""<a href="{address}" title="{digest}"><code>{shown}</code></a>""");
        html.Write($""" <button type="button" hidden data-copy="{digest}" aria-label="Copy {shown} whole">Copy</button>""");
    }
}
