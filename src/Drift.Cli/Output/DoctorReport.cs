// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What a registry can do.</summary>
internal sealed record DoctorReport(string Registry, IReadOnlyList<DoctorProbe> Probes);
