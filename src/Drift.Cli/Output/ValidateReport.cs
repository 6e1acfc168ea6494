// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What a validation found, the errors first, and how many findings were left out of the list.</summary>
internal sealed record ValidateReport(string Source, string Digest, bool Valid, IReadOnlyList<FindingReport> Findings, int LeftOut);
