// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Reads one resource of a goss file.</summary>
internal static class CheckReader
{
    private const int MaximumTimeout = 600_000;

    public static Check Read(CheckKind kind, YamlNode key, YamlNode node)
    {
        if (node.Entries is null) throw node.Error($"The {kind.Key} '{YamlDocument.Shown(key.Text!)}' is {node.Kind}, where a map is expected.", $"Write {kind.Properties[0]}: … below it.");
        var check = new Check(kind, key.Text!);
        var settings = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        var expectations = new Dictionary<string, Expectation>(StringComparer.Ordinal);
        // The file's own value can stand for the text of a file.
        var texts = node.Entries.Any(entry => entry.Key.Text == "as-reader" && ScalarReader.Flag(entry.Value)) ? kind.Properties : kind.Texts;
        foreach (var (name, value) in node.Entries)
        {
            if (kind.Properties.Contains(name.Text!, StringComparer.Ordinal)) Expect(name.Text!, value, texts.Contains(name.Text!, StringComparer.Ordinal), expectations);
            else if (kind.Settings.Contains(name.Text!, StringComparer.Ordinal)) settings[name.Text!] = name.Text == "content" ? ScalarReader.Value(value) : string.Join('\n', ScalarReader.Texts(value));
            else if (kind.Flags.Contains(name.Text!, StringComparer.Ordinal)) settings[name.Text!] = ScalarReader.Flag(value);
            else check = Common(check, name, value);
        }
        if (kind.Key == "matching" && !settings.ContainsKey("content")) throw key.Error($"The matching '{YamlDocument.Shown(key.Text!)}' has no content.", "Write content: … below it.");
        if (!kind.IsFirstOptional && !expectations.ContainsKey(kind.Properties[0])) throw key.Error($"The {kind.Key} '{YamlDocument.Shown(key.Text!)}' does not say what '{kind.Properties[0]}' is to be.", $"Write {kind.Properties[0]}: … below it.");
        return check with { Settings = settings, Expectations = [.. kind.Properties.Where(expectations.ContainsKey).Select(property => expectations[property])] };
    }

    private static void Expect(string property, YamlNode value, bool isText, Dictionary<string, Expectation> expectations)
    {
        // As goss has it, nothing and an empty list expect nothing.
        if (value.IsNull || value.Items is { Count: 0 }) return;
        expectations[property] = new Expectation(property, isText && value.Items is not null ? MatcherReader.Patterns(value) : MatcherReader.Read(value), ScalarReader.Value(value));
    }

    private static Check Common(Check check, YamlNode name, YamlNode value)
    {
        var kind = check.Kind;
        if (name.Text == kind.NameKey) return check with { Target = ScalarReader.Text(value) };
        return name.Text switch
        {
            "title" => check with { Title = ScalarReader.Text(value) },
            "meta" => check with { Meta = ScalarReader.Value(value) as JsonObject ?? throw value.Error($"meta is {value.Kind}, where a map is expected.", "Write a map.") },
            "skip" => check with { IsSkipped = ScalarReader.Flag(value) },
            "timeout" when kind.Timeout is not null => ScalarReader.Number(value) is > 0 and <= MaximumTimeout and var milliseconds
                ? check with { Timeout = TimeSpan.FromMilliseconds(milliseconds) }
                : throw value.Error("This is not a time.", $"Write milliseconds, from 1 to {MaximumTimeout}."),
            _ => throw name.Error($"'{YamlDocument.Shown(name.Text!)}' is not a key of {kind.Key}.", NearestName.Of(name.Text!, kind.Keys) is { } near ? $"Did you mean {near}?" : $"Use one of: {string.Join(", ", kind.Keys)}."),
        };
    }
}
