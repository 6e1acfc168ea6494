// SPDX-License-Identifier: Apache-2.0

using System.Collections;
using System.Text.Json.Nodes;

namespace Drift.Recipes;

/// <summary>A map with fixed keys, each described once: for the reader, for the schema and for the one who writes the file.</summary>
/// <param name="empty">What an empty map stands for.</param>
internal sealed class ObjectShape<T>(T empty) : Shape<T>, IEnumerable
{
    private Func<T, YamlNode, T> _complete = static (value, _) => value;
    private readonly Dictionary<string, Func<T, YamlNode, T>> _readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Description, Func<JsonObject> Schema)> _descriptions = new(StringComparer.Ordinal);

    /// <summary>The same object, checked when all of its keys are read.</summary>
    public ObjectShape<T> Completed(Func<T, YamlNode, T> complete)
    {
        _complete = complete;
        return this;
    }

    public void Add<TValue>(string key, string description, Shape<TValue> shape, Func<T, TValue, T> with)
    {
        _readers.Add(key, (value, node) => with(value, shape.Read(node)));
        _descriptions.Add(key, (description, shape.Schema));
    }

    public override T Read(YamlNode node)
    {
        if (node.Entries is not { } entries) throw node.Error($"This should be a map; it is {node.Kind}.", $"Write KEY: VALUE. The keys are {Keys}.");
        var value = empty;
        foreach (var (key, content) in entries)
        {
            if (!_readers.TryGetValue(key.Text!, out var read))
            {
                throw key.Error($"'{YamlDocument.Shown(key.Text!)}' is not a key here.", NearestName.Of(key.Text!, _readers.Keys) is { } name ? $"Did you mean {name}?" : $"Use one of: {Keys}.");
            }
            value = read(value, content);
        }
        return _complete(value, node);
    }

    public override JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var (key, (description, schema)) in _descriptions)
        {
            var property = schema();
            property.Insert(0, "description", description);
            properties[key] = property;
        }
        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
    }

    IEnumerator IEnumerable.GetEnumerator() => _descriptions.GetEnumerator();

    private string Keys => string.Join(", ", _readers.Keys);
}
