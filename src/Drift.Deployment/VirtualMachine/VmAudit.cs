// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A line of a machine's audit log: one attempt to change what answers.</summary>
/// <param name="Time">When it ended, in UTC.</param>
/// <param name="Who">Who tried.</param>
/// <param name="From">The digest that answered before; null for none.</param>
/// <param name="To">The digest that was to answer.</param>
/// <param name="Result"><c>deployed</c>, <c>rolled-back</c>, <c>went-back</c>, <c>failed</c> or <c>repaired</c>.</param>
/// <param name="Seconds">How long each step took.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
internal sealed record VmAudit(DateTimeOffset Time, string Who, string? From, string To, string Result, IReadOnlyDictionary<string, double>? Seconds = null, string? Error = null);
