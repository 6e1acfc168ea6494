// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>A map with names of the user's own, sorted by them.</summary>
internal sealed class MapShape(Shape<string> name, Shape<string> value) : Shape<IReadOnlyDictionary<string, string>>
{
    public override IReadOnlyDictionary<string, string> Read(YamlNode node)
    {
        if (node.Entries is not { } entries) throw node.Error($"This should be a map; it is {node.Kind}.", "Write one line of NAME: VALUE for each.");
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in entries)
        {
            // Two spellings can stand for one name.
            if (!map.TryAdd(name.Read(key), value.Read(text))) throw key.Error($"'{YamlDocument.Shown(key.Text!)}' is here twice.", "Keep one of the two.");
        }
        return map;
    }

    public override JsonObject Schema() => new() { ["type"] = "object", ["additionalProperties"] = value.Schema() };
}
