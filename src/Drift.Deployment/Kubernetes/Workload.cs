// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>A Deployment, StatefulSet or DaemonSet: what replaces pods by itself when their template changes.</summary>
internal sealed class Workload(KubernetesObject item)
{
    /// <summary>The kinds, as kubectl takes them.</summary>
    public const string Kinds = "deployments,statefulsets,daemonsets";

    private static readonly string[] ContainerLists = ["initContainers", "containers"];

    public KubernetesObject Object { get; } = item;

    public JsonObject Template { get; } = item.Find("spec", "template") as JsonObject ?? [];

    /// <summary>The containers' images by the containers' names.</summary>
    public IReadOnlyList<(string Container, string Image)> Images => ImagesOf(Template);

    /// <summary>The selector of its pods, as kubectl takes it.</summary>
    public string Selector => string.Join(',', (Object.Find("spec", "selector", "matchLabels") as JsonObject ?? []).Select(label => $"{label.Key}={label.Value}")
        .Concat(Object.Items("spec", "selector", "matchExpressions").Select(Expression)));

    public static bool Is(KubernetesObject item) => item.ApiVersion.StartsWith("apps/", StringComparison.Ordinal) && item.Kind is "Deployment" or "StatefulSet" or "DaemonSet";

    /// <summary>How many pods there should be.</summary>
    public int Wanted => Object.Kind == "DaemonSet" ? Object.Number("status", "desiredNumberScheduled") : Object.Find("spec", "replicas") is null ? 1 : Object.Number("spec", "replicas");

    /// <summary>Whether the controllers have seen the object as it is.</summary>
    public bool IsObserved => Object.Number("status", "observedGeneration") >= Object.Number("metadata", "generation");

    /// <summary>Whether all pods are of the template as it is, and ready; those who replace their pods when they are deleted are always done.</summary>
    public bool IsDone => IsObserved && (Object.Text("spec", "updateStrategy", "type") == "OnDelete" || (Updated >= Target && Ready >= Wanted && Object.Kind switch
    {
        "Deployment" => Object.Number("status", "replicas") == Updated,
        "StatefulSet" => Partition > 0 || Object.Text("status", "currentRevision") == Object.Text("status", "updateRevision"),
        _ => true,
    }));

    /// <summary>Whether it replaces a pod only when the one before is ready: a StatefulSet, all of whose pods are to be of its template.</summary>
    public bool ReplacesPodsInOrder => Object.Kind == "StatefulSet" && Partition == 0 && Object.Text("spec", "updateStrategy", "type") != "OnDelete";

    /// <summary>How far it has come, in words.</summary>
    public string Progress => IsObserved
        ? $"{Object.Id}: {Updated} of {Target} pods updated, {Ready} of {Wanted} ready{(Old > 0 ? $", {Old} old to go" : "")}"
        : $"{Object.Id}: changed";

    /// <summary>Why there can be no pods, as the controller says; null when there can.</summary>
    public string? Refusal => Condition("ReplicaFailure", "True");

    /// <summary>Whether the controller has given up.</summary>
    public bool IsOverdue => IsObserved && Object.Items("status", "conditions").Any(condition => (string?)condition["reason"] == "ProgressDeadlineExceeded");

    /// <summary>The images of a pod's template, or of a pod.</summary>
    public static IReadOnlyList<(string Container, string Image)> ImagesOf(JsonNode template) =>
        [.. ContainerLists.SelectMany(kind => (template["spec"]?[kind] as JsonArray ?? []).Select(container => ((string?)container?["name"] ?? "", (string?)container?["image"] ?? "")))];

    private int Partition => Object.Number("spec", "updateStrategy", "rollingUpdate", "partition");

    private int Target => Object.Kind == "StatefulSet" ? Math.Max(0, Wanted - Partition) : Wanted;

    private int Updated => Object.Number("status", Object.Kind == "DaemonSet" ? "updatedNumberScheduled" : "updatedReplicas");

    private int Ready => Object.Number("status", Object.Kind switch { "Deployment" => "availableReplicas", "DaemonSet" => "numberAvailable", _ => "readyReplicas" });

    private int Old => Object.Kind == "Deployment" ? Object.Number("status", "replicas") - Updated : 0;

    private string? Condition(string type, string status) => Object.Items("status", "conditions")
        .Where(condition => (string?)condition["type"] == type && (string?)condition["status"] == status).Select(condition => (string?)condition["message"]).FirstOrDefault();

    private static string Expression(JsonObject expression)
    {
        var key = (string?)expression["key"];
        var values = string.Join(',', (expression["values"] as JsonArray ?? []).Select(value => (string?)value));
        return (string?)expression["operator"] switch { "In" => $"{key} in ({values})", "NotIn" => $"{key} notin ({values})", "Exists" => $"{key}", _ => $"!{key}" };
    }
}
