// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What is to be deployed, and how.</summary>
public sealed record DeploymentRequest
{
    /// <summary>The objects.</summary>
    public required IReadOnlyList<ObjectFile> Files { get; init; }

    /// <summary>The images that the files name.</summary>
    public required IReadOnlyList<ResolvedImage> Images { get; init; }

    /// <summary>The commit that all of it is of; null when nobody knows.</summary>
    public string? Commit { get; init; }

    /// <summary>How long the pods may take to be ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether the cluster is only asked what it would do.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Whether a deployment that fails goes back to what was there before.</summary>
    public bool GoesBack { get; init; } = true;
}
