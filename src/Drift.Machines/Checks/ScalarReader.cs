// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>Values of a goss file, by the core schema of YAML 1.2.</summary>
internal static class ScalarReader
{
    /// <summary>A value of any kind as JSON.</summary>
    public static JsonNode? Value(YamlNode node)
    {
        if (node.Items is { } items) return new JsonArray([.. items.Select(Value)]);
        if (node.Entries is { } entries) return new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key.Text!, Value(entry.Value))));
        if (node.IsNull) return null;
        var text = node.Text!;
        if (!node.IsPlain) return text;
        if (text is "true" or "True" or "TRUE") return true;
        if (text is "false" or "False" or "FALSE") return false;
        if (text.Length > 1 && text[0] == '0' && text.All(char.IsAsciiDigit)) throw node.Error($"{text} is a number that begins with 0, which some take for octal.", "Put it into quotes.");
        var isNumber = text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isNumber ? Conversion.OfNumber(double.Parse(text, CultureInfo.InvariantCulture)) : text;
    }

    /// <summary>A text; a number or a flag counts as it is written.</summary>
    public static string Text(YamlNode node) => node is { Text: { } text, IsNull: false } ? text : throw node.Error($"This is {node.Kind}, where a text is expected.", "Write a text.");

    /// <summary>A list of texts, or one alone.</summary>
    public static string[] Texts(YamlNode node) => node.Items is { } items ? [.. items.Select(Text)] : [Text(node)];

    /// <summary>A whole number from 0 on.</summary>
    public static int Number(YamlNode node) =>
        node.Text is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw node.Error("This is not a whole number.", "Write a number from 0 on.");

    public static bool Flag(YamlNode node) =>
        node.IsPlain && node.Text is "true" or "false" ? node.Text == "true" : throw node.Error("This is neither true nor false.", "Write true or false.");
}
