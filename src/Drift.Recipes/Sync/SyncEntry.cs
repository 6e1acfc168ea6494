// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>One repository, or image, of a sync file.</summary>
public sealed record SyncEntry
{
    /// <summary>Where the images are: a repository, an image, or <c>oci:DIR</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Where they go.</summary>
    public string Target { get; init; } = "";

    /// <summary>Which tags of a repository.</summary>
    public TagSelection Tags { get; init; } = new();

    /// <summary>The platforms to copy; empty for all.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>Whether what refers to the images is copied, too.</summary>
    public bool Referrers { get; init; }

    /// <summary>The file's name, the line and the column.</summary>
    public string Position { get; internal init; } = "";
}
