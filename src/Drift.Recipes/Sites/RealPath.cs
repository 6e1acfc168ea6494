// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A path without symbolic links in it, as realpath(3) gives it.</summary>
internal static class RealPath
{
    // As many as Linux follows in one path.
    private const int MaxLinks = 40;

    /// <exception cref="IOException">There are too many links, as in a loop.</exception>
    internal static string Of(string path)
    {
        var links = 0;
        var left = new Stack<string>(Parts(Path.GetFullPath(path)));
        var real = "/";
        while (left.TryPop(out var part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks) throw new IOException($"too many symbolic links in {path}");
            if (Path.IsPathRooted(target)) real = "/";
            foreach (var linked in Parts(target)) left.Push(linked);
        }
        return real;
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="folder"/> or below it; both real.</summary>
    internal static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : folder + '/', StringComparison.Ordinal);

    // The last part first, so that pushing them leaves the first on top.
    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse();
}
