// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Registry;

/// <summary>Sizes in words that people compare: <c>17.3 MiB</c>.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB", "PiB"];

    public static string Of(long bytes)
    {
        if (bytes < 1024) return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        var (value, unit) = (bytes / 1024.0, 0);
        for (; value >= 1023.95 && unit < Units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }
}
