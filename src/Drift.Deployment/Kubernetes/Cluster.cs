// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>What a deployment asks of a cluster.</summary>
internal sealed class Cluster(ClusterOptions options)
{
    private readonly Kubectl _kubectl = new(options);
    private string[]? _managedFields;

    /// <summary>Asks whether the cluster is there, before anything is built for it.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) => _kubectl.RunAsync(["get", "--raw", "/version"], cancellationToken);

    /// <summary>Reads objects from YAML as kubectl does, each with its namespace.</summary>
    public async Task<List<KubernetesObject>> ReadAsync(ObjectFile file, CancellationToken cancellationToken) =>
        KubernetesObject.ReadAll(await _kubectl.RunAsync(["create", "--dry-run=client", "--validate=false", "--output", "json", "--filename", "-"], cancellationToken, file.ToBytes()).ConfigureAwait(false));

    /// <summary>The versions of the API that the cluster has, for example <c>policy/v1</c>.</summary>
    public async Task<HashSet<string>> ApiVersionsAsync(CancellationToken cancellationToken) =>
        (await _kubectl.RunAsync(["api-versions"], cancellationToken).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);

    /// <summary>What the nodes run; null when nobody may know.</summary>
    public async Task<IReadOnlyList<Platform>?> NodePlatformsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await ListAsync(["nodes"], cancellationToken).ConfigureAwait(false))
                .Select(node => new Platform { OperatingSystem = node.Text("status", "nodeInfo", "operatingSystem"), Architecture = node.Text("status", "nodeInfo", "architecture") })
                .Distinct()];
        }
        catch (DriftException e) when (e.Code == ErrorCode.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>Those of some objects that are in the cluster, as they are there.</summary>
    public async Task<List<KubernetesObject>> GetAsync(IReadOnlyCollection<KubernetesObject> objects, CancellationToken cancellationToken)
    {
        if (objects.Count == 0) return [];
        // Older ones show them always, and do not know the option.
        _managedFields ??= await Kubectl.MinorVersionAsync(cancellationToken).ConfigureAwait(false) >= 21 ? ["--show-managed-fields"] : [];
        return KubernetesObject.ReadAll(await _kubectl.RunAsync(["get", "--ignore-not-found", "--output", "json", .. _managedFields, "--filename", "-"], cancellationToken, KubernetesObject.Write(objects)).ConfigureAwait(false));
    }

    /// <summary>Lists objects: <paramref name="arguments"/> say which.</summary>
    public async Task<List<KubernetesObject>> ListAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        KubernetesObject.ReadAll(await _kubectl.RunAsync(["get", .. arguments, "--output", "json"], cancellationToken).ConfigureAwait(false));

    /// <summary>Applies objects on the server, and returns them as they are then.</summary>
    public async Task<List<KubernetesObject>> ApplyAsync(IReadOnlyCollection<KubernetesObject> objects, bool isDryRun, CancellationToken cancellationToken)
    {
        if (objects.Count == 0) return [];
        // What someone else has set in the meantime is what a deployment is there to set right.
        string[] arguments = ["apply", "--server-side", "--force-conflicts", "--field-manager", FieldSet.Manager, "--output", "json", "--filename", "-", .. isDryRun ? ["--dry-run=server"] : Array.Empty<string>()];
        return KubernetesObject.ReadAll(await _kubectl.RunAsync(arguments, cancellationToken, KubernetesObject.Write(objects)).ConfigureAwait(false));
    }

    /// <summary>Deletes objects, without waiting until they are gone.</summary>
    public Task DeleteAsync(IReadOnlyCollection<KubernetesObject> objects, CancellationToken cancellationToken) => objects.Count == 0
        ? Task.CompletedTask
        : _kubectl.RunAsync(["delete", "--ignore-not-found", "--wait=false", "--filename", "-"], cancellationToken, KubernetesObject.Write(objects));

    /// <summary>Sets an annotation of an object.</summary>
    public Task AnnotateAsync(KubernetesObject item, string name, string value, CancellationToken cancellationToken) =>
        _kubectl.RunAsync(["annotate", item.Id, "--namespace", item.Namespace, "--overwrite", $"{name}={value}"], cancellationToken);

    /// <summary>Gives a workload the template of one of its revisions.</summary>
    public Task UndoAsync(Workload workload, long revision, CancellationToken cancellationToken) =>
        _kubectl.RunAsync(["rollout", "undo", workload.Object.Id, "--namespace", workload.Object.Namespace, $"--to-revision={revision}"], cancellationToken);

    /// <summary>The last lines that a container wrote, in its life before this one when it had one; empty when there are none.</summary>
    public async Task<string> LastLinesAsync(KubernetesObject pod, string container, bool previous, int lines, CancellationToken cancellationToken)
    {
        try
        {
            return await _kubectl.RunAsync(["logs", pod.Name, "--namespace", pod.Namespace, "--container", container, $"--tail={lines}", "--limit-bytes=8192", .. previous ? ["--previous"] : Array.Empty<string>()], cancellationToken).ConfigureAwait(false);
        }
        catch (DriftException)
        {
            // It never ran, or its log is gone, or nobody may read it.
            return "";
        }
    }

    /// <summary>Renders a folder of kustomize.</summary>
    public static async Task<ObjectFile> RenderAsync(string folder, CancellationToken cancellationToken) =>
        ObjectFile.Parse(Encoding.UTF8.GetBytes(await Kubectl.RenderAsync(folder, cancellationToken).ConfigureAwait(false)), folder);
}
