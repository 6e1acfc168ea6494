// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What was done to a user of the embedded registry: <c>added</c>, <c>changed</c> or <c>deleted</c>.</summary>
internal sealed record PasswdReport(string File, string User, string Change);
