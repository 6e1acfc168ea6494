// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A rule that the server applies to each request.</summary>
/// <param name="Pattern">The paths, as browsers send them.</param>
/// <param name="Force">Whether it comes before the files.</param>
internal sealed record SiteRule(SitePattern Pattern, bool Force)
{
    /// <summary>What is answered; null for "not found".</summary>
    internal SiteFile? File { get; init; }

    /// <summary>Where a redirection leads; null for an answer with a body.</summary>
    internal string? Target { get; init; }

    /// <summary>Whether it is answered that the server is well.</summary>
    internal bool IsHealth { get; init; }

    /// <summary>The status of a redirection.</summary>
    internal int Status { get; init; }
}
