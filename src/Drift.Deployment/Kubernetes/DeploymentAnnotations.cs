// SPDX-License-Identifier: Apache-2.0

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

    /// <summary>Why Drift has gone back from a template, on what keeps it.</summary>
    public const string Failed = "drift/failed";

    /// <summary>What <c>kubectl rollout history</c> shows.</summary>
    public const string Cause = "kubernetes.io/change-cause";
}
