// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The header of one entry of a tar archive.</summary>
public sealed record TarEntry
{
    /// <summary>The path inside the archive, with <c>/</c>, as written there.</summary>
    public required string Path { get; init; }

    /// <summary>What the entry is.</summary>
    public required TarEntryType Type { get; init; }

    /// <summary>Permission bits, 12 of them.</summary>
    public int Mode { get; init; } = 0b110_100_100;

    /// <summary>The owner's number.</summary>
    public long UserId { get; init; }

    /// <summary>The group's number.</summary>
    public long GroupId { get; init; }

    /// <summary>The size of the content that follows, in bytes; 0 for anything but a file.</summary>
    public long Size { get; init; }

    /// <summary>The time of the last change, in whole seconds since 1970.</summary>
    public long ModificationTime { get; init; }

    /// <summary>Where a link points.</summary>
    public string LinkTarget { get; init; } = "";

    /// <summary>The major and minor number of a device; 0 for anything else.</summary>
    public (int Major, int Minor) Device { get; init; }

    /// <summary>
    /// Extended attributes by their full names, for example <c>security.capability</c>; null when there are none. They are stored as pax
    /// records <c>SCHILY.xattr.NAME</c>, as GNU tar, star and bsdtar do.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? ExtendedAttributes { get; init; }
}
