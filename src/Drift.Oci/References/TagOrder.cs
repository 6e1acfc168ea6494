// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Orders tags as versions: numbers by their value, so that 1.9 comes before 1.10, and a pre-release (1.0-rc1) before its release. What
/// is no version comes first, by name.
/// </summary>
public sealed class TagOrder : IComparer<string>
{
    private TagOrder()
    {
    }

    /// <summary>The order.</summary>
    public static TagOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        var (isVersionA, isVersionB) = (IsVersion(a), IsVersion(b));
        if (isVersionA != isVersionB) return isVersionA ? 1 : -1;
        if (!isVersionA) return string.CompareOrdinal(x, y);
        if (a[0] == 'v') a = a[1..];
        if (b[0] == 'v') b = b[1..];
        while (!a.IsEmpty && !b.IsEmpty)
        {
            var (numberA, numberB) = (Digits(a), Digits(b));
            var order = numberA > 0 && numberB > 0 ? CompareNumbers(a[..numberA], b[..numberB]) : a[0].CompareTo(b[0]);
            if (order != 0) return order;
            a = a[Math.Max(numberA, 1)..];
            b = b[Math.Max(numberB, 1)..];
        }
        if (a.IsEmpty && b.IsEmpty) return string.CompareOrdinal(x, y);
        // The longer one is later (1.0.1), unless it goes on as a pre-release does (1.0-rc1).
        return a.IsEmpty ? (b[0] == '-' ? 1 : -1) : (a[0] == '-' ? -1 : 1);
    }

    private static bool IsVersion(ReadOnlySpan<char> tag) => !tag.IsEmpty && (char.IsAsciiDigit(tag[0]) || (tag.Length > 1 && tag[0] == 'v' && char.IsAsciiDigit(tag[1])));

    private static int Digits(ReadOnlySpan<char> text)
    {
        var count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a.TrimStart('0');
        b = b.TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
    }
}
