// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The headers that answers at some paths have, besides or in place of others.</summary>
/// <param name="Pattern">The paths.</param>
/// <param name="Lines">Names and values; a header without a value is taken away.</param>
internal sealed record SiteHeaderRule(SitePattern Pattern, IReadOnlyList<(string Name, string? Value)> Lines)
{
    // Cookies hold commas: each has a line of its own (RFC 6265, section 3).
    private const string SetCookie = "Set-Cookie";

    /// <summary>Changes the headers of an answer. What the rule says of a header replaces what was said before; several values in it are joined.</summary>
    internal void Apply(SiteHeaders headers)
    {
        var set = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Lines)
        {
            var more = !set.Add(name);
            if (value is null) headers.Remove(name);
            else if (more && name.Equals(SetCookie, StringComparison.OrdinalIgnoreCase)) headers.Add(name, value);
            else headers.Set(name, more && headers[name] is { } before ? $"{before}, {value}" : value);
        }
    }
}
