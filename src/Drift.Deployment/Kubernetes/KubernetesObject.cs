// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>An object of a cluster, as its API shows it.</summary>
internal sealed record KubernetesObject(JsonObject Json)
{
    public string ApiVersion => Text("apiVersion");

    public string Kind => Text("kind");

    public string Name => Text("metadata", "name");

    /// <summary>The namespace; empty for what is in none.</summary>
    public string Namespace => Text("metadata", "namespace");

    public string Uid => Text("metadata", "uid");

    public string ResourceVersion => Text("metadata", "resourceVersion");

    /// <summary>Whether it has been deleted and only waits until what holds it is done.</summary>
    public bool IsBeingDeleted => Find("metadata", "deletionTimestamp") is not null;

    /// <summary>How kubectl names it, for example <c>deployment/site</c>.</summary>
    public string Id => $"{Kind.ToLowerInvariant()}/{Name}";

    /// <summary>What makes it the same object in two answers, whatever version of the API each is in.</summary>
    public (string Group, string Kind, string Namespace, string Name) Key => (ApiVersion.Contains('/', StringComparison.Ordinal) ? ApiVersion.Split('/')[0] : "", Kind, Namespace, Name);

    /// <summary>A value below these members; null when there is none.</summary>
    public JsonNode? Find(params ReadOnlySpan<string> path)
    {
        JsonNode? node = Json;
        foreach (var member in path) node = (node as JsonObject)?[member];
        return node;
    }

    /// <summary>A text below these members; empty when there is none.</summary>
    public string Text(params ReadOnlySpan<string> path) => Find(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    /// <summary>A number below these members; 0 when there is none.</summary>
    public int Number(params ReadOnlySpan<string> path) => Find(path) is JsonValue value && value.TryGetValue(out int number) ? number : 0;

    /// <summary>The objects below these members.</summary>
    public IEnumerable<JsonObject> Items(params ReadOnlySpan<string> path) => (Find(path) as JsonArray ?? []).OfType<JsonObject>();

    public string? Annotation(string name) => Text("metadata", "annotations", name) is { Length: > 0 } value ? value : null;

    /// <summary>The same object with these annotations besides those it has.</summary>
    public KubernetesObject WithAnnotations(IEnumerable<KeyValuePair<string, string>> annotations)
    {
        var copy = (JsonObject)Json.DeepClone();
        var metadata = (JsonObject)copy["metadata"]!;
        if (metadata["annotations"] is not JsonObject all) metadata["annotations"] = all = [];
        foreach (var (name, value) in annotations) all[name] = value;
        return new KubernetesObject(copy);
    }

    /// <summary>Whether an object is owned by another one, as controllers own what they make.</summary>
    public bool IsOwnedBy(string uid) => Items("metadata", "ownerReferences").Any(owner => (string?)owner["uid"] == uid);

    /// <summary>Reads what kubectl prints as JSON: nothing, an object, several one after the other, or a list.</summary>
    public static List<KubernetesObject> ReadAll(string json)
    {
        var objects = new List<KubernetesObject>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 256 });
        while (reader.Read())
        {
            if (JsonNode.Parse(ref reader) is not JsonObject value) continue;
            if (value["items"] is JsonArray items) objects.AddRange(items.OfType<JsonObject>().Select(item => new KubernetesObject(item)));
            else objects.Add(new KubernetesObject(value));
        }
        return objects;
    }

    /// <summary>Writes objects as one list, for kubectl to read.</summary>
    public static byte[] Write(IEnumerable<KubernetesObject> objects)
    {
        var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. objects.Select(item => item.Json.DeepClone())]) };
        return Encoding.UTF8.GetBytes(list.ToJsonString());
    }
}
