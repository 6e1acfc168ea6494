// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>
/// The cache of this user: <c>drift</c> in <c>XDG_CACHE_HOME</c> (XDG Base Directory Specification), as large as <c>DRIFT_CACHE_SIZE</c> says.
/// </summary>
internal static class CacheSettings
{
    private const string SizeName = "DRIFT_CACHE_SIZE";
    private const string Units = "KMGT";

    /// <summary>Opens the cache; null when its size is 0, or there is no place for it.</summary>
    public static ImageCache? Open(CliHost host)
    {
        var size = host.Variable(SizeName) is { } text ? ParseSize(text) : ImageCache.StandardSize;
        return size == 0 || Directory(host) is not { } directory ? null : ImageCache.TryOpen(directory, size);
    }

    private static string? Directory(CliHost host)
    {
        // The specification has a relative path ignored.
        if (host.Variable("XDG_CACHE_HOME") is { } cache && Path.IsPathFullyQualified(cache)) return Path.Combine(cache, "drift");
        return host.Variable("HOME") is { } home && Path.IsPathFullyQualified(home) ? Path.Combine(home, ".cache", "drift") : null;
    }

    private static long ParseSize(string text)
    {
        var unit = Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        var digits = unit < 0 ? text : text[..^1];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 22) return number << (10 * (unit + 1));
        throw new DriftException(ErrorCode.InvalidSetting, $"{SizeName} is '{text}', which is not a size.", $"Set {SizeName} to a number with K, M, G or T, for example 5G, or to 0 for no cache.");
    }
}
