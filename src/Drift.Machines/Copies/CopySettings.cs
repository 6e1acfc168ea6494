// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>What a copy is to make.</summary>
internal sealed record CopySettings
{
    /// <summary>The number of the copy: <see cref="CopyJournal.IdOf"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The compartment of the new image.</summary>
    public required string Compartment { get; init; }

    /// <summary>The display name of the new image.</summary>
    public required string Name { get; init; }

    /// <summary>The bucket between the two.</summary>
    public required string Bucket { get; init; }

    /// <summary>The namespace of the bucket; null to ask for it.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object between the two; null for a name of the copy's own.</summary>
    public string? ObjectName { get; init; }

    /// <summary>The shapes that the new image starts on.</summary>
    public IReadOnlyList<string> Shapes { get; init; } = [OracleImageOptions.ArmShape];

    /// <summary>How long the link to the object works.</summary>
    public TimeSpan LinkLife { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long to wait for an export or import.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How often to ask how far one is.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether the object stays after a failure, so that the next run need not make it again.</summary>
    public bool KeepsObject { get; init; }
}
