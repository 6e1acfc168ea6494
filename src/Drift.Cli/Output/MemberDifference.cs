// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A member of a JSON document that differs: its path, and its two values as JSON, null where it is absent.</summary>
internal sealed record MemberDifference(string Member, string? A, string? B);
