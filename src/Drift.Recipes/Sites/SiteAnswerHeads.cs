// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Recipes;

/// <summary>Where the two heads of an answer are in the segment: one for a connection that goes on, one that closes it.</summary>
internal sealed record SiteAnswerHeads(uint Keep, uint KeepLength, uint Close, uint CloseLength)
{
    /// <summary>
    /// Writes both: a status line and its headers, up to the empty line. Nothing in them depends on time. An answer that is always
    /// the connection's last (<paramref name="isLast"/>) has one head for both.
    /// </summary>
    internal static SiteAnswerHeads Add(SiteSegmentText text, string status, string contentType, long contentLength, string? header = null, bool isLast = false)
    {
        var common = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {contentLength}\r\n")
            + "X-Content-Type-Options: nosniff\r\n"
            + (header is null ? "" : header + "\r\n");
        var close = common + "Connection: close\r\n\r\n";
        var keep = isLast ? close : common + "\r\n";
        return new SiteAnswerHeads(text.Add(keep), (uint)keep.Length, text.Add(close), (uint)close.Length);
    }
}
