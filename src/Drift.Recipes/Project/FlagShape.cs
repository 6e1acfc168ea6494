// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class FlagShape : Shape<bool>
{
    public override bool Read(YamlNode node) => node switch
    {
        { IsPlain: true, Text: "true" } => true,
        { IsPlain: true, Text: "false" } => false,
        _ => throw node.Error($"This should be true or false; it is {(node.Text is { Length: > 0 } text ? $"'{YamlDocument.Shown(text)}'" : node.Kind)}.", "Write true or false, without quotes."),
    };

    public override JsonObject Schema() => new() { ["type"] = "boolean" };
}
