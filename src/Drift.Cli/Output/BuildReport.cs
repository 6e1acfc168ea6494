// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What was built.</summary>
internal sealed record BuildReport(string Destination, string Digest, IReadOnlyList<PlatformReport> Platforms);
