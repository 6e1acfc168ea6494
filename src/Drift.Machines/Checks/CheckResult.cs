// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>How one property was found.</summary>
/// <param name="Check">The resource.</param>
/// <param name="Property">The property.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Start">When looking began.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record CheckResult(Check Check, string Property, CheckOutcome Outcome, DateTimeOffset Start, TimeSpan Duration)
{
    /// <summary>What was found; null unless it is as expected.</summary>
    public JsonNode? Actual { get; init; }

    /// <summary>What was expected.</summary>
    public JsonNode? Expected { get; init; }

    /// <summary>Why it is not as expected.</summary>
    public MatchFailure? Failure { get; init; }

    /// <summary>Why it could not be found out; a failure, too.</summary>
    public string? Error { get; init; }

    /// <summary>Why it was not looked at; null when the file says so, or another property of the resource.</summary>
    public string? SkipReason { get; init; }
}
