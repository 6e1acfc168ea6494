// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>Why a workload does not come to be as it should.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Reason">Why, in one line or several.</param>
/// <param name="IsOvertaken">Whether somebody else has changed it, so that nothing of this deployment is left to go back from.</param>
internal sealed record RolloutFailure(KubernetesObject Workload, string Reason, bool IsOvertaken = false)
{
    private const int MaximumPods = 2, MaximumEvents = 5, MaximumLines = 20;

    /// <summary>Collects what the pods in trouble tell: their states, the events about them and the last lines that they wrote.</summary>
    public static async Task<RolloutFailure> ExplainAsync(Cluster cluster, Workload workload, string why, IReadOnlyList<PodTrouble> troubles, CancellationToken cancellationToken)
    {
        var text = new StringBuilder($"{workload.Object.Id} {why}.");
        if (workload.Refusal is { } refusal) text.Append($"\n  {refusal}");
        foreach (var trouble in troubles.Take(MaximumPods))
        {
            text.Append($"\n  pod/{trouble.Pod.Name}{(trouble.Container is null ? "" : $", container {trouble.Container}")}: {trouble.Reason}");
            foreach (var line in await EventsAsync(cluster, trouble.Pod, cancellationToken).ConfigureAwait(false)) text.Append($"\n    event: {line}");
            if (trouble.Container is null) continue;
            var log = await cluster.LastLinesAsync(trouble.Pod, trouble.Container, trouble.HasRestarted, MaximumLines, cancellationToken).ConfigureAwait(false);
            foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(MaximumLines)) text.Append($"\n    log: {line}");
        }
        if (troubles.Count == 0 && workload.Refusal is null)
        {
            foreach (var line in await EventsAsync(cluster, workload.Object, cancellationToken).ConfigureAwait(false)) text.Append($"\n    event: {line}");
        }
        return new RolloutFailure(workload.Object, text.ToString());
    }

    private static async Task<IEnumerable<string>> EventsAsync(Cluster cluster, KubernetesObject item, CancellationToken cancellationToken)
    {
        try
        {
            var events = await cluster.ListAsync(["events", "--namespace", item.Namespace, "--field-selector", $"involvedObject.uid={item.Uid},type!=Normal"], cancellationToken).ConfigureAwait(false);
            return events.Select(entry => $"{entry.Text("reason")}: {entry.Text("message").Trim()}").Distinct(StringComparer.Ordinal).TakeLast(MaximumEvents);
        }
        catch (DriftException e) when (e.Code == ErrorCode.AccessDenied)
        {
            return [];
        }
    }
}
