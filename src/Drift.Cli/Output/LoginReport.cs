// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A credential that is kept; whether the registry asked for it, and so could check it.</summary>
internal sealed record LoginReport(string Registry, string Username, string KeptIn, bool Checked);
