// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>The names by which a layer deletes what is below it (image-spec layer.md, "Whiteouts").</summary>
public static class Whiteout
{
    /// <summary>A file of this prefix hides the file or folder whose name follows.</summary>
    public const string Prefix = ".wh.";

    /// <summary>A file of this name hides all that lower layers have in its folder.</summary>
    public const string Opaque = ".wh..wh..opq";

    /// <summary>Whether a name means a deletion.</summary>
    public static bool IsMarker(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The name that a marker hides; null for what is none, for the opaque marker, and for AUFS's own <c>.wh..wh.</c> names.</summary>
    public static string? HiddenName(string name) =>
        IsMarker(name) && name[Prefix.Length..] is { Length: > 0 } hidden and not ("." or "..") && !IsMarker(hidden) ? hidden : null;
}
