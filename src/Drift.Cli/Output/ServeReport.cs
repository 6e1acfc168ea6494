// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>Where the embedded registry answers and stores.</summary>
internal sealed record ServeReport(string Address, string Storage);
