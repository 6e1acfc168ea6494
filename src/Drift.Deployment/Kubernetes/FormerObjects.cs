// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>What was in a cluster of the objects of a deployment, before it: the way back.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="wanted">The objects of the deployment.</param>
/// <param name="former">Those of them that were there, as they were.</param>
internal sealed class FormerObjects(Cluster cluster, IReadOnlyList<KubernetesObject> wanted, List<KubernetesObject> former)
{
    // Objects whose deletion takes more with it than a deployment brought.
    private static readonly string[] Kept = ["Namespace", "PersistentVolumeClaim", "CustomResourceDefinition"];

    /// <summary>Whether anything ran before.</summary>
    public bool HasWorkload => former.Exists(Workload.Is);

    /// <summary>Reads what is there.</summary>
    public static async Task<FormerObjects> ReadAsync(Cluster cluster, IReadOnlyList<KubernetesObject> wanted, CancellationToken cancellationToken) =>
        new(cluster, wanted, await cluster.GetAsync(wanted, cancellationToken).ConfigureAwait(false));

    /// <summary>An object as it was; null when it was not there.</summary>
    public KubernetesObject? Find(KubernetesObject item) => former.Find(other => other.Key == item.Key);

    /// <summary>Whether a workload had this template.</summary>
    public bool HasTemplateOf(KubernetesObject item) => Find(item) is { } old && JsonNode.DeepEquals(old.Find("spec", "template"), item.Find("spec", "template"));

    /// <summary>Gives every object those fields back that the deployment, or the one before, has set; deletes those that are new. Returns the objects as they are then.</summary>
    public async Task<List<KubernetesObject>> RestoreAsync()
    {
        var present = await cluster.GetAsync(wanted, CancellationToken.None).ConfigureAwait(false);
        var restored = former.ConvertAll(old => FieldSet.Extract(old, FieldSet.Union(FieldSet.Of(old), present.Find(item => item.Key == old.Key) is { } item ? FieldSet.Of(item) : [])));
        var applied = await cluster.ApplyAsync(restored, isDryRun: false, CancellationToken.None).ConfigureAwait(false);
        await cluster.DeleteAsync(present.FindAll(item => Find(item) is null && !Kept.Contains(item.Kind)), CancellationToken.None).ConfigureAwait(false);
        return applied;
    }

    /// <summary>What keeps the template of a workload that fails, when it is a new one; null when it is not, or nobody may know.</summary>
    public async Task<KubernetesObject?> FindKeeperAsync(KubernetesObject workload)
    {
        if (HasTemplateOf(workload)) return null;
        try
        {
            return (await WorkloadRevision.ListAsync(cluster, new Workload(workload), CancellationToken.None).ConfigureAwait(false)).Revisions.FirstOrDefault()?.Keeper;
        }
        catch (DriftException)
        {
            return null;
        }
    }

    /// <summary>Notes on what keeps a template that it failed, so that nobody goes back to it.</summary>
    public async Task MarkAsync(KubernetesObject keeper, string reason)
    {
        try
        {
            await cluster.AnnotateAsync(keeper, DeploymentAnnotations.Failed, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DriftException)
        {
            // It is a help for the next one, who can do without.
        }
    }
}
