// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>
/// The fields of an object that one manager applies, as <c>metadata.managedFields</c> lists them (FieldsV1 of structured-merge-diff): <c>f:NAME</c> is a
/// member, <c>k:{…}</c> an item of a list by its keys, <c>v:…</c> an item by its value, and <c>.</c> the thing itself.
/// </summary>
internal static class FieldSet
{
    /// <summary>Who applies, in every object.</summary>
    public const string Manager = "drift";

    /// <summary>The fields that Drift has applied.</summary>
    public static JsonObject Of(KubernetesObject item)
    {
        var all = new JsonObject();
        foreach (var entry in item.Items("metadata", "managedFields"))
        {
            if ((string?)entry["manager"] == Manager && (string?)entry["operation"] == "Apply" && entry["fieldsV1"] is JsonObject fields) Merge(all, fields);
        }
        return all;
    }

    /// <summary>The fields of both.</summary>
    public static JsonObject Union(JsonObject one, JsonObject other)
    {
        var all = (JsonObject)one.DeepClone();
        Merge(all, other);
        return all;
    }

    /// <summary>What an object has in these fields, as one applies it.</summary>
    public static KubernetesObject Extract(KubernetesObject item, JsonObject fields)
    {
        var applied = (JsonObject)(fields.Count == 0 ? new JsonObject() : Extract(item.Json, fields));
        if (applied["metadata"] is not JsonObject metadata) applied["metadata"] = metadata = [];
        (applied["apiVersion"], applied["kind"], metadata["name"]) = (item.ApiVersion, item.Kind, item.Name);
        if (item.Namespace.Length > 0) metadata["namespace"] = item.Namespace;
        return new KubernetesObject(applied);
    }

    private static void Merge(JsonObject all, JsonObject more)
    {
        foreach (var (name, value) in more)
        {
            if (all[name] is JsonObject { Count: > 0 } known && value is JsonObject { Count: > 0 } sub) Merge(known, sub);
            // No fields below stand for all of them.
            else if (all[name] is not JsonObject { Count: 0 }) all[name] = value?.DeepClone();
        }
    }

    private static JsonNode Extract(JsonNode value, JsonObject fields)
    {
        if (fields.Count == 0) return value.DeepClone();
        return value switch
        {
            JsonObject map => new JsonObject(fields.Where(field => field.Key.StartsWith("f:", StringComparison.Ordinal) && map[field.Key[2..]] is not null)
                .Select(field => KeyValuePair.Create(field.Key[2..], (JsonNode?)Extract(map[field.Key[2..]]!, (JsonObject)field.Value!)))),
            JsonArray list => new JsonArray([.. list.Select(item => ExtractItem(item!, fields)).Where(item => item is not null)]),
            _ => value.DeepClone(),
        };
    }

    private static JsonNode? ExtractItem(JsonNode item, JsonObject fields)
    {
        foreach (var (name, sub) in fields)
        {
            if (name.StartsWith("v:", StringComparison.Ordinal) && JsonNode.DeepEquals(JsonNode.Parse(name[2..]), item)) return item.DeepClone();
            if (!name.StartsWith("k:", StringComparison.Ordinal) || item is not JsonObject map || JsonNode.Parse(name[2..]) is not JsonObject keys) continue;
            if (!keys.All(key => JsonNode.DeepEquals(map[key.Key], key.Value))) continue;
            var applied = (JsonObject)Extract(map, (JsonObject)sub!);
            foreach (var (key, value) in keys) applied[key] ??= value?.DeepClone();
            return applied;
        }
        return null;
    }
}
