// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Machines;

/// <summary>Times as Go, and so goss, writes them: <c>90s</c>, <c>1m30s</c>, <c>500ms</c>.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1)];

    /// <summary>A time of at most a day; null when the text is none.</summary>
    public static TimeSpan? TryParse(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        var (seconds, rest) = (0.0, text);
        while (rest.Length > 0)
        {
            var length = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            var unit = Array.Find(Units, unit => rest[length..].StartsWith(unit.Unit, StringComparison.Ordinal));
            if (unit.Unit is null || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            seconds += number * unit.Seconds;
            rest = rest[(length + unit.Unit.Length)..];
        }
        return text.Length > 0 && seconds <= 86_400 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>The time as Go prints it.</summary>
    public static string Text(TimeSpan time)
    {
        if (time < TimeSpan.FromSeconds(1)) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###}ms");
        var hours = (int)time.TotalHours;
        var head = (hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h") : "") + (time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m") : "");
        return head + string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds % 60:0.###}s");
    }
}
