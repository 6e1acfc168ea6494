// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>The tags of images that a release moves, besides its own, which never moves.</summary>
public static class ReleaseTags
{
    /// <summary>The tag of the newest release.</summary>
    public const string Latest = "latest";

    /// <summary>
    /// <c>1.2</c> when no later release of 1.2 is there, and <c>latest</c> when no later release is there at all: who mends an old version
    /// moves nobody back. A pre-release moves nothing.
    /// </summary>
    /// <param name="version">The version to release.</param>
    /// <param name="existing">The tags of the repository.</param>
    public static IReadOnlyList<string> MovedBy(ReleaseVersion version, IEnumerable<string> existing)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (version.PreRelease.Count > 0) return [];
        var later = existing.Select(tag => ReleaseVersion.TryParse(tag, out var other) ? other : null).OfType<ReleaseVersion>().Where(other => other.PreRelease.Count == 0 && other.IsAfter(version)).ToList();
        var moved = new List<string>();
        if (!later.Exists(other => other.MinorTag == version.MinorTag)) moved.Add(version.MinorTag);
        if (later.Count == 0) moved.Add(Latest);
        return moved;
    }
}
