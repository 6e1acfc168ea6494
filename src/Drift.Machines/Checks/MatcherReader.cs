// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Reads what is expected of a value: a value itself, a list of what must be in it, or a map of one matcher.</summary>
internal static class MatcherReader
{
    private static readonly Dictionary<string, Func<YamlNode, Matcher>> Readers = new(StringComparer.Ordinal)
    {
        ["equal"] = static node => ValueMatcher.Equal(ScalarReader.Value(node)),
        ["have-prefix"] = static node => ValueMatcher.Text("have-prefix", "to have prefix", ScalarReader.Text(node), static (actual, expected) => actual.StartsWith(expected, StringComparison.Ordinal)),
        ["have-suffix"] = static node => ValueMatcher.Text("have-suffix", "to have suffix", ScalarReader.Text(node), static (actual, expected) => actual.EndsWith(expected, StringComparison.Ordinal)),
        ["contain-substring"] = static node => ValueMatcher.Text("contain-substring", "to contain substring", ScalarReader.Text(node), static (actual, expected) => actual.Contains(expected, StringComparison.Ordinal)),
        ["match-regexp"] = static node => Pattern(node, static node => ValueMatcher.Pattern(ScalarReader.Text(node))),
        ["have-len"] = static node => ValueMatcher.Length(ScalarReader.Number(node)),
        ["have-patterns"] = static node => Patterns(node),
        ["contain-element"] = static node => ListMatcher.Element(Read(node)),
        ["contain-elements"] = static node => ListMatcher.Elements(ReadAll(node), Conversion.ToList),
        ["consist-of"] = static node => ListMatcher.Exactly(ReadAll(node)),
        ["not"] = static node => new NotMatcher(Read(node)),
        ["and"] = static node => new SetMatcher(ReadAll(node), all: true),
        ["or"] = static node => new SetMatcher(ReadAll(node), all: false),
        ["gt"] = static node => ValueMatcher.Number("gt", NumberOf(node), static order => order > 0),
        ["ge"] = static node => ValueMatcher.Number("ge", NumberOf(node), static order => order >= 0),
        ["lt"] = static node => ValueMatcher.Number("lt", NumberOf(node), static order => order < 0),
        ["le"] = static node => ValueMatcher.Number("le", NumberOf(node), static order => order <= 0),
        ["semver-constraint"] = static node => Pattern(node, static node => new VersionMatcher(ScalarReader.Text(node))),
    };

    public static Matcher Read(YamlNode node)
    {
        if (node.IsNull) throw node.Error("Nothing is expected here.", "Write a value, a list or a matcher.");
        if (node.Items is not null) return ListMatcher.Elements(ReadAll(node));
        if (node.Entries is not null) return Named(node);
        var value = ScalarReader.Value(node)!;
        return value.GetValueKind() switch
        {
            JsonValueKind.Number => ValueMatcher.Number("eq", value, static order => order == 0),
            JsonValueKind.String => ValueMatcher.Equal(value, Conversion.ToText),
            _ => ValueMatcher.Equal(value),
        };
    }

    /// <summary>A list of patterns for lines of a text.</summary>
    public static Matcher Patterns(YamlNode node) => Pattern(node, static node => new PatternsMatcher(ScalarReader.Texts(node)));

    private static Matcher Named(YamlNode node)
    {
        if (node.Entries!.Count != 1) throw node.Error($"There are {node.Entries.Count} matchers here.", "Write one; several go into a list under 'and'.");
        var (key, value) = node.Entries[0];
        if (Readers.TryGetValue(key.Text!, out var read)) return read(value);
        if (key.Text is "gjson" or "have-key") throw key.Error($"The matcher {key.Text} is not evaluated.", "Compare texts, or let a command take the value out of JSON.");
        throw key.Error($"'{YamlDocument.Shown(key.Text!)}' is not a matcher.", NearestName.Of(key.Text!, Readers.Keys) is { } name ? $"Did you mean {name}?" : $"Use one of: {string.Join(", ", Readers.Keys)}.");
    }

    private static Matcher[] ReadAll(YamlNode node) => node.Items is { } items ? [.. items.Select(Read)] : throw node.Error($"This is {node.Kind}, where a list is expected.", "Write it as a list.");

    private static JsonNode NumberOf(YamlNode node)
    {
        var value = ScalarReader.Value(node);
        if (value?.GetValueKind() == JsonValueKind.Number) return value;
        return value?.GetValueKind() == JsonValueKind.String && double.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Conversion.OfNumber(number)
            : throw node.Error("This is not a number.", "Write a number.");
    }

    private static Matcher Pattern(YamlNode node, Func<YamlNode, Matcher> read)
    {
        try
        {
            return read(node);
        }
        catch (FormatException e)
        {
            throw new DriftException(ErrorCode.InvalidProject, $"{node.Position}: {e.Message}.", "Write it as Go does: https://pkg.go.dev/regexp/syntax; for versions, see docs/machines.md.", e);
        }
    }
}
