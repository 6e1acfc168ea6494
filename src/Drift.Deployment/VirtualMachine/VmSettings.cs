// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>How an application is deployed to a machine.</summary>
public sealed record VmSettings
{
    /// <summary>The application's name: up to 40 small letters, digits and hyphens.</summary>
    public required string App { get; init; }

    /// <summary>Who deploys, for the audit log.</summary>
    public required string Who { get; init; }

    /// <summary>The port that it answers at; null for the one that it has, or 80.</summary>
    public int? Front { get; init; }

    /// <summary>How versions replace each other; null for the way that it has, or <see cref="VmMode.Switch"/>.</summary>
    public VmMode? Mode { get; init; }

    /// <summary>Variables for the container, each as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The path that answers 200 when the service is well.</summary>
    public string HealthPath { get; init; } = "/health";

    /// <summary>How long a new version may take until it is healthy.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it is watched after the switch.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the old version may go on with connections that it has.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for another deployment to end.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How many images stay on the machine, with the one that answers; at least 2.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>How much memory the container may use, in bytes.</summary>
    public long Memory { get; init; } = 512L << 20;

    /// <summary>Says what would be done, and changes nothing.</summary>
    public bool DryRun { get; init; }
}
