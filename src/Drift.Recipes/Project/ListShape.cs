// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>A list.</summary>
internal sealed class ListShape<T>(Shape<T> item) : Shape<IReadOnlyList<T>>
{
    public override IReadOnlyList<T> Read(YamlNode node) => node.Items is { } items
        ? [.. items.Select(item.Read)]
        : throw node.Error($"This should be a list; it is {node.Kind}.", "Write [ONE, TWO], or one line with a dash for each.");

    public override JsonObject Schema() => new() { ["type"] = "array", ["items"] = item.Schema() };
}
