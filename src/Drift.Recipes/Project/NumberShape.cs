// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>A whole number.</summary>
internal sealed class NumberShape(int minimum, int maximum) : Shape<int>
{
    public override int Read(YamlNode node) =>
        node.IsPlain && int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw node.Error($"This should be a number from {minimum} to {maximum}; it is {(node.Text is { Length: > 0 } text ? $"'{YamlDocument.Shown(text)}'" : node.Kind)}.", "Write a whole number, without quotes.");

    public override JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
}
