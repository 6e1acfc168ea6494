// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>What Drift has deployed to a cluster: what runs of it, and the ways back.</summary>
/// <param name="options">Which cluster.</param>
/// <param name="progress">Is told how far a rollout has come.</param>
public sealed class KubernetesHistory(ClusterOptions options, IProgress<string> progress)
{
    private readonly Cluster _cluster = new(options);

    /// <summary>Compares what workloads should run with what their pods run, by digest.</summary>
    /// <param name="name">One workload, as <c>NAME</c> or <c>KIND/NAME</c>; null for all that Drift has deployed in the namespace.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="DriftException">There is none.</exception>
    public async Task<IReadOnlyList<WorkloadStatus>> StatusAsync(string? name, CancellationToken cancellationToken = default)
    {
        var all = new List<WorkloadStatus>();
        foreach (var workload in await FindAsync(name, cancellationToken).ConfigureAwait(false))
        {
            var (revisions, pods) = await WorkloadRevision.ListAsync(_cluster, workload, cancellationToken).ConfigureAwait(false);
            all.Add(Compare(workload, revisions, pods));
        }
        return all;
    }

    /// <summary>Gives workloads the template of an earlier revision, and waits for their pods.</summary>
    /// <param name="name">One workload, as <c>NAME</c> or <c>KIND/NAME</c>; null for all that Drift has deployed in the namespace.</param>
    /// <param name="revision">The revision; null for the one before, of those that have not failed.</param>
    /// <param name="timeout">How long the pods may take.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The workloads as they are then.</returns>
    /// <exception cref="DriftException">There is no such revision, or its pods do not become ready.</exception>
    public async Task<IReadOnlyList<WorkloadStatus>> RollBackAsync(string? name, long? revision, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var targets = new List<(Workload Workload, long Revision)>();
        foreach (var workload in await FindAsync(name, cancellationToken).ConfigureAwait(false))
        {
            var (revisions, _) = await WorkloadRevision.ListAsync(_cluster, workload, cancellationToken).ConfigureAwait(false);
            var target = revisions.Find(item => revision is null ? item != revisions[0] && !item.HasFailed : item.Number == revision)
                ?? throw new DriftException(ErrorCode.NotFound, $"{workload.Object.Id} has no {(revision is null ? "earlier revision" : $"revision {revision}")}.", "Choose one that drift status kubernetes lists.");
            targets.Add((workload, target.Number));
        }
        foreach (var (workload, number) in targets)
        {
            progress.Report($"{workload.Object.Id}: back to revision {number}");
            await _cluster.UndoAsync(workload, number, cancellationToken).ConfigureAwait(false);
        }
        var changed = await _cluster.GetAsync([.. targets.Select(target => target.Workload.Object)], cancellationToken).ConfigureAwait(false);
        if (await new RolloutWatch(_cluster, progress, timeout).WaitAsync(changed, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            throw new DriftException(ErrorCode.NotHealthy, failure.Reason, "Choose another revision with --to: drift status kubernetes lists them.");
        }
        return await StatusAsync(name, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<Workload>> FindAsync(string? name, CancellationToken cancellationToken)
    {
        var objects = await _cluster.ListAsync([Workload.Kinds], cancellationToken).ConfigureAwait(false);
        var found = objects.FindAll(item => name is null ? item.Annotation(DeploymentAnnotations.Time) is not null : item.Name == name || item.Id == name);
        return found.Count > 0 ? found.ConvertAll(item => new Workload(item)) : throw new DriftException(ErrorCode.NotFound,
            name is null ? "Drift has deployed nothing in this namespace." : $"There is no Deployment, StatefulSet or DaemonSet {name} in this namespace.", "Name another namespace with --namespace.");
    }

    private static WorkloadStatus Compare(Workload workload, List<WorkloadRevision> revisions, List<KubernetesObject> pods)
    {
        var images = ImagesOf(workload.Template);
        // What is ending, or has ended, serves nobody.
        var running = pods.FindAll(pod => !pod.IsBeingDeleted && pod.Text("status", "phase") is "Running" or "Pending").ConvertAll(pod => (Images: Running(pod), IsReady: PodTrouble.Find(pod) is null));
        var counts = running.SelectMany(pod => pod.Images).GroupBy(image => image, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        var ready = running.Count(pod => pod.IsReady && Same(pod.Images, images));
        var isAsWanted = workload.IsDone && ready >= workload.Wanted && running.TrueForAll(pod => Same(pod.Images, images));
        return new WorkloadStatus(workload.Object.Id, workload.Object.Namespace, images, counts, workload.Wanted, ready, isAsWanted, [.. revisions.Select((revision, index) =>
            new RevisionStatus(revision.Number, ImagesOf(revision.Template), revision.Keeper.Annotation(DeploymentAnnotations.Time), revision.Keeper.Annotation(DeploymentAnnotations.Commit), index == 0, revision.Keeper.Annotation(DeploymentAnnotations.Failed)))]);
    }

    private static List<string> ImagesOf(JsonNode template) => [.. Workload.ImagesOf(template).Select(image => image.Image)];

    /// <summary>The images of a pod: what has a digest runs as it is named, of anything else the node tells the digest.</summary>
    private static List<string> Running(KubernetesObject pod)
    {
        var statuses = pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")).ToList();
        return [.. Workload.ImagesOf(pod.Json).Select(container => container.Image.Contains('@', StringComparison.Ordinal) ? container.Image
            : statuses.Find(status => (string?)status["name"] == container.Container)?["imageID"] is { } id && ((string?)id)!.Split('@') is [_, var digest] ? $"{container.Image}@{digest}" : container.Image)];
    }

    // A template without digests is what somebody else has written: the tag is all there is to compare.
    private static bool Same(List<string> running, List<string> wanted) =>
        running.Count == wanted.Count && running.Zip(wanted).All(pair => Identity(pair.First, pair.Second) == Identity(pair.Second, pair.Second));

    private static string Identity(string image, string wanted) => wanted.Contains('@', StringComparison.Ordinal) ? image.Split('@')[^1] : image.Split('@')[0];
}
