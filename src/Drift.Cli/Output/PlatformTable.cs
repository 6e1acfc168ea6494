// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Cli;

/// <summary>The table of platforms and sizes that <c>up</c> and <c>build</c> end with.</summary>
internal static class PlatformTable
{
    public static void Print(IEnumerable<PlatformReport> platforms, Printer printer)
    {
        var table = new TextTable("platform", ">binary", ">image", "digest");
        foreach (var platform in platforms)
        {
            table.Add(platform.Platform, platform.BinarySize is { } size ? Bytes(size) : "", Bytes(platform.ImageSize), platform.Digest);
        }
        table.Print(printer);
    }

    public static string Bytes(long size) => size.ToString("N0", CultureInfo.InvariantCulture) + " B";
}
