// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>One thing that a registry was asked; <paramref name="Result"/> is <c>yes</c>, <c>no</c>, <c>failed</c> or <c>unknown</c>.</summary>
internal sealed record DoctorProbe(string Name, string Result, string Detail, string? Advice);
