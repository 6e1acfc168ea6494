// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>How two images differ. Size deltas are in bytes, the second image's less the first's.</summary>
internal sealed record DiffReport
{
    public required string A { get; init; }
    public required string B { get; init; }
    public required string DigestA { get; init; }
    public required string DigestB { get; init; }
    public required bool Equal { get; init; }

    /// <summary>Members of the config and, as <c>manifest.…</c>, of the manifest.</summary>
    public required IReadOnlyList<MemberDifference> Members { get; init; }

    public required IReadOnlyList<LayerDifference> Layers { get; init; }

    /// <summary>How many of the lowest layers both have: their files were not read.</summary>
    public required int CommonLayers { get; init; }

    public required IReadOnlyList<FileDifference> Files { get; init; }
}
