// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>Where a registry's credentials were taken out of.</summary>
internal sealed record LogoutReport(string Registry, IReadOnlyList<string> TakenOutOf);
