// SPDX-License-Identifier: Apache-2.0

#if DRIFT_MACHINES
namespace Drift.Machines;
#else
namespace Drift.Recipes;
#endif

/// <summary>The name that somebody meant who has mistyped it.</summary>
internal static class NearestName
{
    private const int MaximumLength = 40;

    /// <summary>The name with the fewest changes (letters that are too many, missing, others or swapped; at most a third of it); null when none is near.</summary>
    public static string? Of(string text, IEnumerable<string> names) => text.Length > MaximumLength ? null : names
        .Select(name => (Name: name, Changes: Changes(text.ToLowerInvariant().Replace('_', '-'), name)))
        .Where(near => near.Changes <= Math.Max(1, near.Name.Length / 3))
        .OrderBy(near => near.Changes)
        .FirstOrDefault().Name;

    /// <summary>The Damerau-Levenshtein distance in its restricted form (optimal string alignment).</summary>
    private static int Changes(string a, string b)
    {
        var changes = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    changes[i, j] = i + j;
                    continue;
                }
                var kept = changes[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                changes[i, j] = Math.Min(kept, Math.Min(changes[i - 1, j], changes[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) changes[i, j] = Math.Min(changes[i, j], changes[i - 2, j - 2] + 1);
            }
        }
        return changes[a.Length, b.Length];
    }
}
