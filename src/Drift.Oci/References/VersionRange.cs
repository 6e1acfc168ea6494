// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Drift.Oci;

/// <summary>
/// A range of semantic versions: comparators (<c>&gt;= &gt; &lt;= &lt; = ^ ~</c>) that all hold, or alternatives parted by <c>||</c>. A version that
/// leaves parts out stands for all that begin with it: <c>1.2</c> and <c>~1.2</c> are 1.2.0 and later ones below 1.3.0, <c>^1.2</c> goes up to
/// 2.0.0. A pre-release (1.2.0-rc1) is in no range, as users of versions expect.
/// </summary>
public sealed class VersionRange
{
    private const int MaximumComparators = 32;
    private readonly List<List<(string Operator, Version Bound)>> _alternatives;
    private readonly string _text;

    private VersionRange(string text, List<List<(string, Version)>> alternatives)
    {
        _text = text;
        _alternatives = alternatives;
    }

    /// <summary>Parses a range, for example <c>&gt;=1.2 &lt;2 || ^3.1</c>; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out VersionRange? range)
    {
        range = null;
        var alternatives = new List<List<(string, Version)>>();
        foreach (var alternative in (text ?? "").Split("||"))
        {
            var bounds = new List<(string, Version)>();
            foreach (var comparator in alternative.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
            {
                if (!TryRead(comparator, bounds) || bounds.Count > MaximumComparators) return false;
            }
            if (bounds.Count == 0 || alternatives.Count == MaximumComparators) return false;
            alternatives.Add(bounds);
        }
        range = new VersionRange(text!, alternatives);
        return true;
    }

    /// <summary>Whether a tag is a version, with or without a <c>v</c> before it, that is in the range.</summary>
    public bool Contains(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return TryParse(tag, out var version, out _) && _alternatives.Any(bounds => bounds.TrueForAll(bound => Holds(version, bound.Operator, bound.Bound)));
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static bool TryRead(string comparator, List<(string, Version)> bounds)
    {
        var length = comparator.Length - comparator.TrimStart('>', '<', '=', '^', '~').Length;
        var sign = comparator[..length];
        if (sign is not ("" or "=" or "==" or ">" or ">=" or "<" or "<=" or "^" or "~") || !TryParse(comparator[length..], out var low, out var parts)) return false;
        // The first version after all that begin with the parts that are there.
        Version? Next(int part) => part switch { 1 => Plus(low.Major) is { } major ? new Version(major, 0, 0) : null, 2 => Plus(low.Minor) is { } minor ? new Version(low.Major, minor, 0) : null, _ => Plus(low.Build) is { } patch ? new Version(low.Major, low.Minor, patch) : null };
        var high = sign switch
        {
            "^" => Next(low.Major > 0 ? 1 : low.Minor > 0 || parts == 2 ? Math.Min(2, parts) : parts),
            "~" => Next(Math.Min(parts, 2)),
            _ => Next(parts),
        };
        if (high is null) return false;
        if (sign is ">") bounds.Add((">=", high));
        else if (sign is "<=") bounds.Add(("<", high));
        else if (sign is "<" or ">=") bounds.Add((sign, low));
        else bounds.AddRange([(">=", low), ("<", high)]);
        return true;
    }

    private static bool Holds(Version version, string sign, Version bound) => sign == "<" ? version < bound : version >= bound;

    private static int? Plus(int number) => number < int.MaxValue ? number + 1 : null;

    /// <summary>Reads one to three numbers; what follows a <c>-</c> or <c>+</c> makes it no release.</summary>
    private static bool TryParse(string text, [NotNullWhen(true)] out Version? version, out int parts)
    {
        version = null;
        var numbers = (text.StartsWith('v') ? text[1..] : text).Split('.');
        parts = numbers.Length;
        if (parts > 3) return false;
        Span<int> values = [0, 0, 0];
        for (var i = 0; i < parts; i++)
        {
            if (!int.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i])) return false;
        }
        version = new Version(values[0], values[1], values[2]);
        return true;
    }
}
