// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>What is expected of one property.</summary>
/// <param name="Property">The property, for example <c>exists</c>.</param>
/// <param name="Matcher">What decides.</param>
/// <param name="Value">The expectation as it stands in the file.</param>
internal sealed record Expectation(string Property, Matcher Matcher, JsonNode? Value);
