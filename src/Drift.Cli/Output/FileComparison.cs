// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>Compares the flattened file systems of two images.</summary>
internal static class FileComparison
{
    public static IReadOnlyList<FileDifference> Compare(FlattenedFiles a, FlattenedFiles b)
    {
        var differences = new List<FileDifference>();
        var first = a.All().ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (var file in b.All())
        {
            if (!first.Remove(file.Path, out var before))
            {
                differences.Add(OneSided(file, "added", "removed", Size(file)));
            }
            else if (Changes(before, file).ToArray() is { Length: > 0 } changes)
            {
                differences.Add(new FileDifference(file.Path, file.IsWhiteout ? "removed" : before.IsWhiteout ? "added" : "changed", changes, Size(file) - Size(before)));
            }
        }
        foreach (var file in first.Values) differences.Add(OneSided(file, "removed", "added", -Size(file)));
        differences.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return differences;
    }

    // That only one image hides what a common layer may have is a difference in the other direction.
    private static FileDifference OneSided(FlattenedFile file, string change, string opposite, long delta) =>
        file.IsWhiteout ? new FileDifference(file.Path, opposite, ["whiteout"], 0) : new FileDifference(file.Path, change, [], delta);

    private static IEnumerable<string> Changes(FlattenedFile before, FlattenedFile after)
    {
        if (before.IsWhiteout || after.IsWhiteout)
        {
            if (before.IsWhiteout != after.IsWhiteout) yield return "whiteout";
            yield break;
        }
        if (before.Entry.Type != after.Entry.Type) yield return "type";
        else if (before.Content != after.Content) yield return "content";
        if (before.Entry.Mode != after.Entry.Mode) yield return "mode";
        if (before.Entry.UserId != after.Entry.UserId || before.Entry.GroupId != after.Entry.GroupId) yield return "owner";
        if (before.Entry.LinkTarget != after.Entry.LinkTarget) yield return "link";
    }

    private static long Size(FlattenedFile file) => file.IsWhiteout ? 0 : file.Entry.Size;
}
