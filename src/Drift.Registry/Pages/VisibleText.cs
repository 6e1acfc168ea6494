// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Registry;

/// <summary>
/// Text of strangers as it may stand on a page: at most <see cref="MaximumLength"/> characters, and what would hide or turn around the
/// text next to it is shown by its number, as in ⟨U+202E⟩.
/// </summary>
internal static class VisibleText
{
    public const int MaximumLength = 2000;

    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D; // Parts of words, and of emoji.

    public static string Of(string text)
    {
        if (text.Length <= MaximumLength && text.All(char.IsAsciiLetterOrDigit)) return text;
        var visible = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (visible.Length >= MaximumLength) return visible.Append('…').ToString();
            if (rune.Value is '\n' or '\r' or '\t') visible.Append(' ');
            else if (IsHidden(rune)) visible.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
            else visible.Append(rune);
        }
        return visible.ToString();
    }

    private static bool IsHidden(Rune rune) => rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
