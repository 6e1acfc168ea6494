// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>What is compressed, and how hard.</summary>
internal static class SiteCompression
{
    // With its head it fits into one packet as it is.
    private const int SmallestBody = 1200;
    // A larger one is a download, which goes on where it stopped better without.
    private const long LargestBody = 64 * 1024 * 1024;
    private const long LargestBodyForBest = 1024 * 1024;
    private const long LargestSiteForBest = 8 * 1024 * 1024;
    private const int Best = 11, Good = 9;
    private const int SmallestSaving = 64;

    private static readonly string[] Types =
    [
        "application/javascript", "application/json", "application/xml", "application/yaml", "application/wasm", "application/rtf", "application/vnd.apple.mpegurl",
        "application/vnd.ms-fontobject", "font/ttf", "font/otf", "image/bmp", "image/x-icon",
    ];

    /// <summary>Whether variants of the file are tried.</summary>
    internal static bool IsFor(SiteFile file) => file is { Location: null, Compress: true, Length: >= SmallestBody and <= LargestBody } && IsFor(file.ContentType.Split(';')[0].Trim());

    /// <summary>How many bytes a variant may have: what saves less than a twentieth is not worth its place.</summary>
    internal static long Limit(long length) => length - Math.Max(length / 20, SmallestSaving);

    /// <summary>Brotli's quality: the best takes a second for each megabyte, which only sites have time for that are not huge.</summary>
    /// <param name="length">The length of a body, in bytes.</param>
    /// <param name="total">The lengths of all that are compressed.</param>
    internal static int Quality(long length, long total) => length <= LargestBodyForBest && total <= LargestSiteForBest ? Best : Good;

    private static bool IsFor(string type) => type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
        || Types.Contains(type, StringComparer.OrdinalIgnoreCase);
}
