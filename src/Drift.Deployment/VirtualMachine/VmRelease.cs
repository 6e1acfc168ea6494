// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>An image that was deployed to a machine, and how.</summary>
public sealed record VmRelease
{
    /// <summary>What was asked for, for example <c>ghcr.io/me/site:1</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest of the image or the index.</summary>
    public required string Digest { get; init; }

    /// <summary>What the engine calls the image.</summary>
    public required string Image { get; init; }

    /// <summary>The repository that it can be pulled from again; null when it was sent.</summary>
    public string? Repository { get; init; }

    /// <summary>Where its container is, or was.</summary>
    public required Colour Colour { get; init; }

    /// <summary>When it was deployed, in UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who deployed it.</summary>
    public required string Who { get; init; }

    /// <summary>The variables that it was given, each as <c>NAME=value</c>. They may be secrets.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
}
