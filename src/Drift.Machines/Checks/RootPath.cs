// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Paths inside of a folder that is the root of another system: its symbolic links lead where they would lead there, and never out of it.</summary>
internal static class RootPath
{
    // As the kernel has it.
    private const int MaximumLinks = 40;

    /// <summary>Where a path of the other system is on this one; null when a folder on the way is missing.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="path">An absolute path there.</param>
    /// <param name="follow">Whether the last part is followed, too, when it is a link.</param>
    /// <exception cref="CheckException">Links lead round in circles.</exception>
    public static string? Resolve(string root, string path, bool follow)
    {
        var rest = new Stack<string>(Parts(path).Reverse());
        var done = new List<string>();
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                if (done.Count > 0) done.RemoveAt(done.Count - 1);
                continue;
            }
            var here = Path.Combine([root, .. done, part]);
            var state = FileStatus.Read(here);
            if (state is null) return rest.Count == 0 ? here : null;
            if (state.IsLink && (rest.Count > 0 || follow))
            {
                if (++links > MaximumLinks) throw new CheckException($"{path}: too many levels of symbolic links");
                if (state.LinkTarget!.StartsWith('/')) done.Clear();
                foreach (var next in Parts(state.LinkTarget).Reverse()) rest.Push(next);
                continue;
            }
            if (rest.Count > 0 && !state.IsFolder) return null;
            done.Add(part);
        }
        return Path.Combine([root, .. done]);
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));
}
