// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What a location holds.</summary>
internal sealed record InspectReport(string Source, InspectNode Root);
