// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Paths of entries in archives that come from anyone.</summary>
internal static class LayerPath
{
    /// <summary>The longest path that is looked at, in characters: Linux's PATH_MAX, and no file of a longer one can be made at once.</summary>
    public const int MaximumLength = 4096;

    /// <summary>The names that a path consists of, without <c>.</c> and empty ones; null when it leaves the image or is none.</summary>
    public static string[]? Split(string path)
    {
        if (path.Length > MaximumLength || path.Contains('\0', StringComparison.Ordinal)) return null;
        var parts = Parts(path);
        return Array.IndexOf(parts, "..") < 0 ? parts : null;
    }

    /// <summary>The names that a path consists of, without <c>.</c> and empty ones, but with <c>..</c>; the root has none.</summary>
    public static string[] Parts(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Array.IndexOf(parts, ".") < 0 ? parts : Array.FindAll(parts, part => part != ".");
    }

    /// <summary>A path for a message: one line, of bounded length.</summary>
    public static string Printable(string path) =>
        string.Create(Math.Min(path.Length, 300), path, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(text[i]) ? '?' : text[i];
        });
}
