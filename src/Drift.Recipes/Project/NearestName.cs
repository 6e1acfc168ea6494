// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The name that somebody meant who has mistyped it.</summary>
internal static class NearestName
{
    private const int MaximumLength = 40;

    /// <summary>The name with the fewest changes (insertions, deletions, other letters; at most a third of it); null when none is near.</summary>
    public static string? Of(string text, IEnumerable<string> names) => text.Length > MaximumLength ? null : names
        .Select(name => (Name: name, Changes: Changes(text.ToLowerInvariant().Replace('_', '-'), name)))
        .Where(near => near.Changes <= Math.Max(1, near.Name.Length / 3))
        .OrderBy(near => near.Changes)
        .FirstOrDefault().Name;

    /// <summary>The Levenshtein distance.</summary>
    private static int Changes(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
