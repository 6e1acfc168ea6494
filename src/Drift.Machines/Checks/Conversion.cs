// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>What a value is turned into before it is compared, for a machine answers with texts most of the time.</summary>
internal sealed class Conversion
{
    public static readonly Conversion ToText = new("to-string", Text);
    public static readonly Conversion ToNumber = new("to-numeric", Number);
    public static readonly Conversion ToList = new("to-array", List);
    private readonly Func<JsonNode?, JsonNode?> _convert;

    private Conversion(string name, Func<JsonNode?, JsonNode?> convert)
    {
        Name = name;
        _convert = convert;
    }

    /// <summary>goss's name for it.</summary>
    public string Name { get; }

    public JsonNode? Of(JsonNode? value) => _convert(value);

    private static JsonNode? Text(JsonNode? value) => value switch
    {
        JsonArray list => string.Join('\n', list.Select(Plain)),
        _ => Plain(value),
    };

    private static JsonNode? Number(JsonNode? value)
    {
        if (value?.GetValueKind() == JsonValueKind.Number) return value;
        if (value?.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Array)) throw new CheckException($"Expected numeric, Got: {Plain(value)}");
        var text = Text(value)!.GetValue<string>().Trim();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? OfNumber(number) : throw new CheckException($"\"{YamlDocument.Shown(text)}\" is not a number");
    }

    private static JsonNode? List(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? new JsonArray([.. value.GetValue<string>().Split('\n').Select(line => JsonValue.Create(line))]) : value;

    /// <summary>A number, whole when it is.</summary>
    public static JsonNode OfNumber(double number) => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? JsonValue.Create((long)number) : JsonValue.Create(number);

    private static string Plain(JsonNode? value) => value switch
    {
        null => "<nil>",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
