// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>How <see cref="FlattenedFiles"/> reads layers.</summary>
public sealed record FlattenOptions
{
    /// <summary>Whether the digest of each file's content is computed.</summary>
    public bool HashContents { get; init; }

    /// <summary>How many of the lowest layers are not read; whiteouts in the others are then kept as files of their own.</summary>
    public int SkippedLayers { get; init; }
}
