// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>One finding: its id, as <c>DRIFT-V0103</c>; <c>error</c>, <c>warning</c> or <c>note</c>; where; and what.</summary>
internal sealed record FindingReport(string Id, string Severity, string Location, string Message);
