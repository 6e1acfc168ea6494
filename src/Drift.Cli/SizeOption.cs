// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Cli;

/// <summary>An option that takes a size: a whole number of bytes, KiB, MiB, GiB or TiB, for example <c>10GiB</c>.</summary>
internal sealed class SizeOption(string name, string description) : QuantityOption<long>(name, description, "size", "a number with KiB, MiB, GiB or TiB, for example 10GiB", TryParse)
{
    private static long? TryParse(string text)
    {
        var digits = text.AsSpan().TrimEnd("iBKMGT");
        var power = text[digits.Length..] switch { "" or "B" => 0, "K" or "KiB" => 1, "M" or "MiB" => 2, "G" or "GiB" => 3, "T" or "TiB" => 4, _ => -1 };
        return power >= 0 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1L << 22 ? number << (10 * power) : null;
    }
}
