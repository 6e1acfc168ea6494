// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Waits until workloads have replaced their pods, and finds out why they do not.</summary>
internal sealed class RolloutWatch(Cluster cluster, IProgress<string> progress, TimeSpan timeout)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    // A registry or a node may be busy for a moment.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, long> _troubled = new(StringComparer.Ordinal);
    private readonly StuckPods _stuck = new(cluster, progress);
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

    /// <summary>Waits for workloads.</summary>
    /// <param name="applied">The workloads as they were when they had been changed.</param>
    /// <param name="cancellationToken">Stops the waiting; what goes on in the cluster goes on.</param>
    /// <returns>Why it fails; null when all are done.</returns>
    public async Task<RolloutFailure?> WaitAsync(IReadOnlyList<KubernetesObject> applied, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var isLate = TimeProvider.System.GetElapsedTime(started) > timeout;
            try
            {
                var (isDone, failure) = await LookAsync(applied, isLate, cancellationToken).ConfigureAwait(false);
                if (isDone || failure is not null) return failure;
            }
            catch (DriftException e) when (e.IsTransient && !isLate)
            {
                // The cluster does not need this machine to go on.
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(bool IsDone, RolloutFailure? Failure)> LookAsync(IReadOnlyList<KubernetesObject> applied, bool isLate, CancellationToken cancellationToken)
    {
        var found = await cluster.GetAsync(applied, cancellationToken).ConfigureAwait(false);
        var pending = new List<Workload>();
        foreach (var before in applied)
        {
            if (found.Find(item => item.Uid == before.Uid) is not { } item) return (false, new RolloutFailure(before, $"{before.Id} was deleted meanwhile", IsOvertaken: true));
            if (!JsonNode.DeepEquals(item.Find("spec", "template"), before.Find("spec", "template"))) return (false, new RolloutFailure(item, $"{before.Id} was changed by someone else meanwhile", IsOvertaken: true));
            var workload = new Workload(item);
            Tell(workload);
            if (!workload.IsDone) pending.Add(workload);
        }
        foreach (var workload in pending)
        {
            if (await FailureAsync(workload, isLate, cancellationToken).ConfigureAwait(false) is { } failure) return (false, failure);
        }
        return (pending.Count == 0, null);
    }

    private async Task<RolloutFailure?> FailureAsync(Workload workload, bool isLate, CancellationToken cancellationToken)
    {
        if (!workload.IsObserved && !isLate) return null;
        var troubles = await TroublesAsync(workload, cancellationToken).ConfigureAwait(false);
        var isLasting = workload.Refusal is not null || workload.IsOverdue || troubles.Exists(trouble => trouble.IsLasting);
        if (!isLasting) _troubled.Remove(workload.Object.Uid);
        else _troubled.TryAdd(workload.Object.Uid, TimeProvider.System.GetTimestamp());
        var isTroubled = isLasting && TimeProvider.System.GetElapsedTime(_troubled[workload.Object.Uid]) > Grace;
        if (!isLate && !isTroubled) return null;
        var why = isTroubled ? "fails" : $"is not done within {timeout.TotalSeconds:0} seconds";
        return await RolloutFailure.ExplainAsync(cluster, workload, why, [.. troubles.OrderByDescending(trouble => trouble.IsLasting)], cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<PodTrouble>> TroublesAsync(Workload workload, CancellationToken cancellationToken)
    {
        try
        {
            var (revisions, pods) = await WorkloadRevision.ListAsync(cluster, workload, cancellationToken).ConfigureAwait(false);
            if (workload.IsObserved && revisions.Count > 0) await _stuck.DeleteAsync(workload, revisions[0], pods, cancellationToken).ConfigureAwait(false);
            return [.. pods.Where(pod => revisions.Count == 0 || revisions[0].Has(pod)).Select(PodTrouble.Find).OfType<PodTrouble>()];
        }
        catch (DriftException e) when (e.Code == ErrorCode.AccessDenied)
        {
            // Who may change a workload need not be allowed to see what is below it: the time decides then.
            return [];
        }
    }

    private void Tell(Workload workload)
    {
        if (_told.TryGetValue(workload.Object.Uid, out var last) && last == workload.Progress) return;
        _told[workload.Object.Uid] = workload.Progress;
        progress.Report(workload.Progress);
    }
}
