// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>A path that anyone may have written.</summary>
internal static class ArtifactTitle
{
    // What Linux takes for a path.
    private const int MaximumLength = 4095;

    /// <summary>Whether it stays below the folder that it is meant for, whatever it is.</summary>
    public static bool IsSafe(string path) =>
        path.Length is > 0 and <= MaximumLength && !path.Any(char.IsControl) && path.TrimEnd('/').Split('/').All(static part => part is not ("" or "." or ".."));

    /// <summary>
    /// Whether a link at <paramref name="path"/>, whose folders are no links, leads to what is below <paramref name="folder"/>. It may go up first
    /// and then down, never up again: what it passes through on its way down may be a link itself.
    /// </summary>
    public static bool LeadsInside(string folder, string path, string target)
    {
        var up = target.Split('/').TakeWhile(static part => part == "..").Count();
        var down = string.Join('/', target.Split('/').Skip(up).Where(static part => part != "."));
        return up <= path.Split('/').Length - 1 - folder.Split('/').Length && (down.Length == 0 ? up > 0 : IsSafe(down));
    }
}
