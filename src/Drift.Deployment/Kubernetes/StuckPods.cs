// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Pods that stop a StatefulSet: of a template that it no longer has, and not ready. It waits until they are, and only then replaces them
/// (kubernetes.io, StatefulSets, "Forced rollback"), so that without help no way leads back from a template whose pods never become ready.
/// </summary>
internal sealed class StuckPods(Cluster cluster, IProgress<string> progress)
{
    // One that is merely slow is given its time.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Deletes those that have been in the way for long enough, so that the StatefulSet makes new ones.</summary>
    public async Task DeleteAsync(Workload workload, WorkloadRevision newest, IReadOnlyList<KubernetesObject> pods, CancellationToken cancellationToken)
    {
        if (!workload.ReplacesPodsInOrder) return;
        foreach (var pod in pods.Where(pod => !newest.Has(pod) && !pod.IsBeingDeleted))
        {
            if (PodTrouble.Find(pod) is null) _seen.Remove(pod.Uid);
            else if (!_seen.TryGetValue(pod.Uid, out var since)) _seen[pod.Uid] = TimeProvider.System.GetTimestamp();
            else if (TimeProvider.System.GetElapsedTime(since) > Grace) await DeleteAsync(workload, pod, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DeleteAsync(Workload workload, KubernetesObject pod, CancellationToken cancellationToken)
    {
        _seen.Remove(pod.Uid);
        try
        {
            await cluster.DeleteAsync([pod], cancellationToken).ConfigureAwait(false);
            progress.Report($"{workload.Object.Id}: {pod.Id} is of an older template and not ready: deleted, so that a new one takes its place");
        }
        catch (DriftException e) when (e.Code == ErrorCode.AccessDenied)
        {
            progress.Report($"{workload.Object.Id} waits for {pod.Id}, which is of an older template and not ready, and which this account may not delete: delete it with kubectl delete {pod.Id}");
        }
    }
}
