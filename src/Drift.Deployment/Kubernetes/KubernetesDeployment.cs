// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>
/// Deploys objects to a cluster: they are applied on the server, their pods are waited for, and when those do not become ready every object
/// gets back what it had before.
/// </summary>
/// <param name="options">Which cluster.</param>
/// <param name="progress">Is told how far the rollout has come.</param>
public sealed class KubernetesDeployment(ClusterOptions options, IProgress<string> progress)
{
    private const string Applied = "All objects are applied and the cluster goes on by itself: drift status kubernetes shows how far it is, drift rollback kubernetes goes back.";

    private readonly Cluster _cluster = new(options);

    /// <summary>Asks whether kubectl is there and the cluster answers, before anything is built for it.</summary>
    /// <exception cref="DriftException">One of them does not.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => _cluster.ConnectAsync(cancellationToken);

    /// <summary>Renders a folder of kustomize.</summary>
    /// <exception cref="DriftException">The folder is not there, or kubectl cannot render it.</exception>
    public static Task<ObjectFile> RenderAsync(string folder, CancellationToken cancellationToken = default) => Cluster.RenderAsync(folder, cancellationToken);

    /// <summary>Deploys.</summary>
    /// <returns>What became of each object.</returns>
    /// <exception cref="DriftException">The cluster refuses, or pods do not become ready; the message says why, and what the cluster has now.</exception>
    public async Task<IReadOnlyList<DeployedObject>> RunAsync(DeploymentRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await CheckPlatformsAsync(request.Images, cancellationToken).ConfigureAwait(false);
        var wanted = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        var former = await FormerObjects.ReadAsync(_cluster, wanted, cancellationToken).ConfigureAwait(false);
        (wanted, var tried) = await RehearseAsync(wanted, former, request, cancellationToken).ConfigureAwait(false);
        if (request.IsDryRun) return [.. tried.Select(item => new DeployedObject(item.Id, item.Namespace, former.Find(item) is not { } old ? "created" : Content(old) == Content(item) ? "unchanged" : "changed"))];

        List<KubernetesObject> applied;
        try
        {
            // What has begun is brought to its end: a set that is half the old and half the new is nobody's.
            applied = await _cluster.ApplyAsync(wanted, isDryRun: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            throw new DriftException(e.Code, $"{e.Message}\n{await GoBackAsync(former, null, request, CancellationToken.None).ConfigureAwait(false)}", e.Hint, e);
        }
        var failure = await WaitAsync(applied, request.Timeout, cancellationToken).ConfigureAwait(false);
        if (failure is { IsOvertaken: true }) throw new DriftException(ErrorCode.NotHealthy, $"{failure.Reason}; what is there now is left alone.", "Look at it with drift status kubernetes, and deploy again when it is not what you want.");
        if (failure is not null) throw new DriftException(ErrorCode.NotHealthy, $"{failure.Reason}\n{await GoBackAsync(former, failure, request, cancellationToken).ConfigureAwait(false)}", "Correct what the lines above tell, and deploy again.");
        return [.. applied.Select(item => new DeployedObject(item.Id, item.Namespace, former.Find(item) is not { } old ? "created" : old.ResourceVersion == item.ResourceVersion ? "unchanged" : "changed"))];
    }

    /// <summary>An object without what changes by itself.</summary>
    private static string Content(KubernetesObject item)
    {
        var copy = (JsonObject)item.Json.DeepClone();
        copy.Remove("status");
        foreach (var name in (string[])["managedFields", "resourceVersion", "generation"]) (copy["metadata"] as JsonObject)?.Remove(name);
        return copy.ToJsonString();
    }

    private async Task CheckPlatformsAsync(IReadOnlyList<ResolvedImage> images, CancellationToken cancellationToken)
    {
        if (await _cluster.NodePlatformsAsync(cancellationToken).ConfigureAwait(false) is not { Count: > 0 } nodes) return;
        foreach (var image in images.Where(image => image.Platforms.Count > 0 && !image.Platforms.Any(platform => nodes.Any(platform.Serves))))
        {
            throw new DriftException(ErrorCode.NotSupported, $"{image.Pinned} is for {string.Join(", ", image.Platforms)}, and the cluster's nodes are {string.Join(", ", nodes)}. Nothing was changed.",
                "Build the image for the platform of a node, for example with drift build --platform.");
        }
    }

    private async Task<List<KubernetesObject>> ReadAsync(DeploymentRequest request, CancellationToken cancellationToken)
    {
        var versions = await _cluster.ApiVersionsAsync(cancellationToken).ConfigureAwait(false);
        var pinned = request.Images.ToDictionary(image => image.Written, image => image.Pinned, StringComparer.Ordinal);
        var objects = new List<KubernetesObject>();
        foreach (var file in request.Files) objects.AddRange((await _cluster.ReadAsync(ApiVersions.Adapt(file.WithImages(pinned), versions), cancellationToken).ConfigureAwait(false)).Select(PortProtocol.State));
        if (objects.GroupBy(item => item.Key).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new DriftException(ErrorCode.InvalidObjects, $"{twice.First().Id} is there twice.", "Keep one of the two.");
        return objects.Count > 0 ? objects : throw new DriftException(ErrorCode.InvalidObjects, "The files hold no object.", "Name files of Kubernetes objects with -f, or a folder of kustomize with -k.");
    }

    /// <summary>
    /// Has the server try all of it without changing anything, so that what refuses one object refuses before the first; and notes on what is new when it was
    /// deployed.
    /// </summary>
    private async Task<(List<KubernetesObject> Wanted, List<KubernetesObject> Tried)> RehearseAsync(List<KubernetesObject> wanted, FormerObjects former, DeploymentRequest request, CancellationToken cancellationToken)
    {
        var now = DeploymentAnnotations.Now(request.Commit);
        var noted = wanted.ConvertAll(item => Workload.Is(item) ? item.WithAnnotations(DeploymentAnnotations.Of(former.Find(item)) ?? now) : item);
        // In a namespace that is yet to be, the server can try nothing.
        if (wanted.Exists(item => item.Kind == "Namespace" && former.Find(item) is null)) return (noted, noted);
        List<KubernetesObject> tried;
        try
        {
            tried = await _cluster.ApplyAsync(noted, isDryRun: true, cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException e) when (e.Message.Contains("does not support dry run", StringComparison.OrdinalIgnoreCase))
        {
            return (noted, noted);
        }
        catch (DriftException e)
        {
            throw new DriftException(e.Code, $"{e.Message}\nNothing was changed.", e.Hint, e);
        }
        var unchanged = tried.FindAll(former.HasTemplateOf).ConvertAll(item => item.Key);
        return (noted.ConvertAll(item => Workload.Is(item) && !unchanged.Contains(item.Key) ? item.WithAnnotations(now) : item), tried);
    }

    private async Task<RolloutFailure?> WaitAsync(List<KubernetesObject> applied, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await new RolloutWatch(_cluster, progress, timeout).WaitAsync(applied.FindAll(Workload.Is), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            progress.Report($"Interrupted. {Applied}");
            throw;
        }
        catch (DriftException e)
        {
            throw new DriftException(e.Code, $"{e.Message}\n{Applied}", e.Hint, e);
        }
    }

    /// <summary>Gives every object what it had before, and says how that went.</summary>
    private async Task<string> GoBackAsync(FormerObjects former, RolloutFailure? failure, DeploymentRequest request, CancellationToken cancellationToken)
    {
        if (!request.GoesBack) return "What was applied is left as it is: --no-rollback was given.";
        if (!former.HasWorkload) return "There is nothing to go back to: what was applied is left as it is, to be looked at. The next deployment goes on from there.";
        try
        {
            progress.Report("Going back to what was there before.");
            var keeper = failure is null ? null : await former.FindKeeperAsync(failure.Workload).ConfigureAwait(false);
            var restored = await former.RestoreAsync().ConfigureAwait(false);
            // Only now: a controller copies the workload's own annotation to what keeps the template that it has.
            if (keeper is not null) await former.MarkAsync(keeper, failure!.Reason.Split('\n')[0]).ConfigureAwait(false);
            var again = await WaitAsync(restored, request.Timeout, cancellationToken).ConfigureAwait(false);
            return again is null ? "It has gone back: every object is as it was before." : $"It has gone back, and that is not ready either: {again.Reason}";
        }
        catch (DriftException e)
        {
            return $"Going back failed: {e.Message}\nRun drift rollback kubernetes once the cluster answers.";
        }
    }
}
