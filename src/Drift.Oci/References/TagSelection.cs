// SPDX-License-Identifier: Apache-2.0

using System.IO.Enumeration;

namespace Drift.Oci;

/// <summary>Which of a repository's tags are meant. What is empty or null leaves nothing out.</summary>
public sealed record TagSelection
{
    /// <summary>Patterns of <c>*</c> and <c>?</c>, one of which a tag fits.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Patterns of tags that are left out, whatever else they fit.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>The range of versions.</summary>
    public VersionRange? Versions { get; init; }

    /// <summary>How many of the latest versions, of those that all else leaves.</summary>
    public int? Newest { get; init; }

    /// <summary>Selects among tags; the result is in the order of versions, the oldest first.</summary>
    public IReadOnlyList<string> Select(IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var selected = tags.Where(tag => (Allow.Count == 0 || Fits(Allow, tag)) && !Fits(Deny, tag) && (Versions is null || Versions.Contains(tag))).Distinct(StringComparer.Ordinal).ToList();
        selected.Sort(TagOrder.Instance);
        return Newest is { } newest && selected.Count > newest ? selected[^newest..] : selected;
    }

    private static bool Fits(IReadOnlyList<string> patterns, string tag) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, tag, ignoreCase: false));
}
