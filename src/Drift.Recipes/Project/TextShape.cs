// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>A scalar, taken as it is written: <c>1.10</c> and <c>true</c> are texts here, with or without quotes.</summary>
/// <param name="kind">What it is, for messages, for example <c>a platform</c>.</param>
/// <param name="hint">How it is written, as one sentence.</param>
/// <param name="parse">Parses it.</param>
internal sealed class TextShape<T>(string kind, string hint, TextParser<T> parse) : Shape<T>
{
    /// <summary>The only texts that there are; empty for no such list.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public override T Read(YamlNode node)
    {
        if (node.Text is not { } text || node.IsNull) throw node.Error($"This should be {kind}; it is {node.Kind}.", hint);
        if (parse(text, out var value)) return value;
        throw node.Error($"'{YamlDocument.Shown(text)}' is not {kind}.", NearestName.Of(text, Names) is { } name ? $"Did you mean {name}?" : hint);
    }

    public override JsonObject Schema() => Names.Count > 0
        ? new JsonObject { ["enum"] = new JsonArray([.. Names.Select(name => JsonValue.Create(name))]) }
        : new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
}
