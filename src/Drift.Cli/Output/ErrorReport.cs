// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An error as <c>--json</c> prints it.</summary>
internal sealed record ErrorReport(string Error, string Message, string? Hint);
