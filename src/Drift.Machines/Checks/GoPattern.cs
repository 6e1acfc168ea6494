// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Drift.Machines;

/// <summary>
/// Regular expressions of Go (RE2), by .NET's engine that does not go back and so takes time in proportion to the text. Where the two write the same thing differently,
/// it is rewritten; what only .NET knows is refused, as Go would.
/// </summary>
internal static class GoPattern
{
    private const int MaximumLength = 1000;
    // As Go has it.
    private const int MaximumRepeat = 1000;
    private static readonly Dictionary<char, string> Classes = new() { ['d'] = "0-9", ['w'] = "0-9A-Za-z_", ['s'] = "\\t\\n\\f\\r " };

    private static readonly Dictionary<string, string> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["blank"] = "\\t ", ["cntrl"] = "\\x00-\\x1f\\x7f", ["digit"] = "0-9", ["graph"] = "!-~", ["lower"] = "a-z",
        ["print"] = " -~", ["punct"] = "!-/:-@\\[-`{-~", ["space"] = "\\t\\n\\v\\f\\r ", ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Regex Compile(string pattern)
    {
        if (pattern.Length > MaximumLength) throw new FormatException($"the pattern is longer than {MaximumLength} characters");
        try
        {
            return new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or IndexOutOfRangeException)
        {
            throw new FormatException($"'{YamlDocument.Shown(pattern)}' is not a pattern of Go", e);
        }
    }

    private static string Translate(string pattern)
    {
        var result = new StringBuilder();
        var isMultiline = false;
        var repeats = 0L;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i = Escape(pattern, i, inClass: false, result);
                    break;
                case '[':
                    i = Class(pattern, i, result);
                    break;
                case '$' when !isMultiline:
                    // .NET's would match before a last line break, too.
                    result.Append("\\z");
                    break;
                case '(' when pattern.AsSpan(i).StartsWith("(?"):
                    i = Group(pattern, i, result, ref isMultiline);
                    break;
                case '{':
                    // A repetition of a group may be one of repetitions.
                    var count = Repeat(pattern.AsSpan(i));
                    repeats = i > 0 && pattern[i - 1] == ')' ? Math.Max(1, repeats) * Math.Max(1, count) : repeats + count;
                    if (repeats > MaximumRepeat) throw new FormatException($"'{YamlDocument.Shown(pattern)}' repeats more than {MaximumRepeat} times");
                    result.Append('{');
                    break;
                default:
                    result.Append(pattern[i]);
                    break;
            }
        }
        return result.ToString();
    }

    private static int Escape(string pattern, int i, bool inClass, StringBuilder result)
    {
        var c = pattern[i + 1];
        if (char.ToLowerInvariant(c) is 'd' or 'w' or 's')
        {
            var ranges = Classes[char.ToLowerInvariant(c)];
            if (char.IsUpper(c) && inClass) throw new FormatException($"\\{c} in a class is not supported: write the class with ^ in a group of its own");
            result.Append(inClass ? ranges : char.IsUpper(c) ? $"[^{ranges}]" : $"[{ranges}]");
            return i + 1;
        }
        if (c is 'p' or 'P' && pattern[i + 2] != '{')
        {
            result.Append(CultureInfo.InvariantCulture, $"\\{c}{{{pattern[i + 2]}}}");
            return i + 2;
        }
        // What Go does not know, or means otherwise.
        if (char.IsAsciiLetterOrDigit(c) && !"pPabBAzfntrvx".Contains(c, StringComparison.Ordinal)) throw new FormatException($"\\{c} is not supported in patterns");
        result.Append('\\').Append(c);
        return i + 1;
    }

    private static int Class(string pattern, int i, StringBuilder result)
    {
        result.Append('[');
        if (pattern[++i] == '^')
        {
            result.Append('^');
            i++;
        }
        for (var first = true; first || pattern[i] != ']'; first = false, i++)
        {
            if (pattern[i] == '[' && pattern[i + 1] == ':')
            {
                var end = pattern.IndexOf(":]", i, StringComparison.Ordinal);
                result.Append(end > 0 && Posix.TryGetValue(pattern[(i + 2)..end], out var ranges) ? ranges : throw new FormatException("a class of characters is not known"));
                i = end + 1;
            }
            else if (pattern[i] == '\\')
            {
                i = Escape(pattern, i, inClass: true, result);
            }
            else
            {
                // A bare bracket would begin a subtraction.
                if (pattern[i] is '[' or ']') result.Append('\\');
                result.Append(pattern[i]);
            }
        }
        result.Append(']');
        return i;
    }

    private static int Group(string pattern, int i, StringBuilder result, ref bool isMultiline)
    {
        if (pattern.AsSpan(i).StartsWith("(?P<"))
        {
            result.Append("(?<");
            return i + 3;
        }
        if (pattern.AsSpan(i).StartsWith("(?<") || pattern.AsSpan(i).StartsWith("(?:"))
        {
            if (pattern[i + 3] is '=' or '!') throw new FormatException("looking behind is not supported in patterns");
            result.Append(pattern, i, 3);
            return i + 2;
        }
        var end = i + 2;
        while (pattern[end] is 'i' or 'm' or 's' or '-') end++;
        if (pattern[end] is not (')' or ':')) throw new FormatException($"'{YamlDocument.Shown(pattern[i..])}' is not supported in patterns");
        isMultiline |= pattern[i..end].Contains('m', StringComparison.Ordinal);
        result.Append(pattern, i, end - i + 1);
        return end;
    }

    private static int Repeat(ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('}');
        if (end < 0) return 0;
        var most = 0;
        foreach (var part in text[1..end].ToString().Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && part.Length > 0) return 0;
            most = Math.Max(most, count);
        }
        return most;
    }
}
