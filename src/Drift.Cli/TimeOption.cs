// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Cli;

/// <summary>An option that takes a time: a whole number of seconds, minutes, hours or days, for example <c>30m</c>.</summary>
internal sealed class TimeOption(string name, string description) : QuantityOption<TimeSpan>(name, description, "time", "a number with s, m, h or d, for example 30m", TryParse)
{
    // A hundred years are enough.
    private static TimeSpan? TryParse(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (long)number * unit <= 36_525L * 86_400
            ? TimeSpan.FromSeconds((long)number * unit)
            : null;
    }
}
