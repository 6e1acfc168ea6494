// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Cli;

/// <summary>A call that would be made. What only earlier answers tell is in braces.</summary>
internal sealed record PlannedCall(string Method, string Url, JsonNode? Body);
