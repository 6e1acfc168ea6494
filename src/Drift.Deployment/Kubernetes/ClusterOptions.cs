// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>Which cluster is meant, and where in it; what is null is as kubectl's own configuration has it.</summary>
public sealed record ClusterOptions
{
    /// <summary>kubectl's configuration file.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The context in it.</summary>
    public string? Context { get; init; }

    /// <summary>The namespace of objects that name none.</summary>
    public string? Namespace { get; init; }
}
