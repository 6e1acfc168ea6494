// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>A template that a workload has or had, as its controller keeps it: a ReplicaSet or a ControllerRevision.</summary>
internal sealed record WorkloadRevision(long Number, JsonObject Template, KubernetesObject Keeper)
{
    private const string NumberAnnotation = "deployment.kubernetes.io/revision", HashLabel = "controller-revision-hash";

    public bool HasFailed => Keeper.Annotation(DeploymentAnnotations.Failed) is not null;

    /// <summary>Whether a pod is of this template.</summary>
    public bool Has(KubernetesObject pod) => Keeper.Kind == "ReplicaSet"
        ? pod.IsOwnedBy(Keeper.Uid)
        : pod.Text("metadata", "labels", HashLabel) == (Keeper.Text("metadata", "labels", HashLabel) is { Length: > 0 } hash ? hash : Keeper.Name);

    /// <summary>The revisions of a workload, the newest first: of a Deployment and a StatefulSet that is the one it has.</summary>
    public static async Task<(List<WorkloadRevision> Revisions, List<KubernetesObject> Pods)> ListAsync(Cluster cluster, Workload workload, CancellationToken cancellationToken)
    {
        var keepers = workload.Object.Kind == "Deployment" ? "replicasets" : "controllerrevisions";
        var objects = await cluster.ListAsync([$"pods,{keepers}", "--namespace", workload.Object.Namespace, "--selector", workload.Selector], cancellationToken).ConfigureAwait(false);
        var revisions = objects.Where(item => item.Kind != "Pod" && item.IsOwnedBy(workload.Object.Uid)).Select(Read).OrderByDescending(revision => revision.Number).ToList();
        return (revisions, [.. objects.Where(item => item.Kind == "Pod" && (item.IsOwnedBy(workload.Object.Uid) || revisions.Any(revision => item.IsOwnedBy(revision.Keeper.Uid))))]);
    }

    private static WorkloadRevision Read(KubernetesObject keeper) => keeper.Kind == "ReplicaSet"
        ? new(long.TryParse(keeper.Annotation(NumberAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0, keeper.Find("spec", "template") as JsonObject ?? [], keeper)
        : new(keeper.Number("revision"), keeper.Find("data", "spec", "template") as JsonObject ?? [], keeper);
}
