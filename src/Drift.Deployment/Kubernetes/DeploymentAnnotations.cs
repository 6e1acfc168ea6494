// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Deployment;

/// <summary>
/// What Drift writes on a workload. Controllers copy it to the ReplicaSet or ControllerRevision that keeps the template, which makes a history without a server of its own.
/// </summary>
internal static class DeploymentAnnotations
{
    /// <summary>When a template was deployed (RFC 3339).</summary>
    public const string Time = "drift/deployed-at";

    /// <summary>The commit that its objects and images are of.</summary>
    public const string Commit = "drift/commit";

    /// <summary>Why Drift has gone back from a template, on what keeps it; a workload has it empty, so that a template which is deployed again is a new one.</summary>
    public const string Failed = "drift/failed";

    /// <summary>What <c>kubectl rollout history</c> shows.</summary>
    private const string Cause = "kubernetes.io/change-cause";

    /// <summary>Those of a deployment that is made now.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Now(string? commit)
    {
        var time = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return [new(Time, time), new(Commit, commit ?? ""), new(Failed, ""), new(Cause, $"drift deploy kubernetes, {time}{(commit is null ? "" : $", commit {commit}")}")];
    }

    /// <summary>Those that an object has; null when Drift has not deployed it.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? Of(KubernetesObject? item) => item?.Annotation(Time) is null ? null
        : [.. new[] { Time, Commit, Failed, Cause }.Select(name => KeyValuePair.Create(name, item.Annotation(name) ?? ""))];
}
