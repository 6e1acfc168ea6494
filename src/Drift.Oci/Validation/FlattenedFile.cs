// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A file of an image's flattened file system.</summary>
public sealed record FlattenedFile
{
    /// <summary>The path from the root, without a leading slash.</summary>
    public required string Path { get; init; }

    /// <summary>The entry that made it; of a hard link, the entry of the file that it is another name of.</summary>
    public required TarEntry Entry { get; init; }

    /// <summary>The layer that made it, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>Which entry of that layer it is, from 0.</summary>
    public required int Position { get; init; }

    /// <summary>The digest of its content, when it is a regular file and contents were read.</summary>
    public Digest? Content { get; init; }

    /// <summary>Whether it hides what a layer that was not read may have at this path.</summary>
    public bool IsWhiteout { get; init; }
}
