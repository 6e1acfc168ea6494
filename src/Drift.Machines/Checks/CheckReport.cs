// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>All results of a run, those of a resource together.</summary>
/// <param name="Groups">Per resource, in the order of the file.</param>
/// <param name="Start">When it began.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record CheckReport(IReadOnlyList<IReadOnlyList<CheckResult>> Groups, DateTimeOffset Start, TimeSpan Duration)
{
    public IEnumerable<CheckResult> Results => Groups.SelectMany(group => group);

    public int Count => Results.Count();

    public int Failed => Results.Count(result => result.Outcome == CheckOutcome.Failed);

    public int Skipped => Results.Count(result => result.Outcome == CheckOutcome.Skipped);

    /// <summary>Whether nothing failed.</summary>
    public bool IsPassed => Failed == 0;
}
