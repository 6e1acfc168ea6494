// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A value that the file itself holds.</summary>
internal sealed class MatchingInspector(IInspectedMachine machine) : Inspector(machine)
{
    public override Task<JsonNode?> ReadAsync(Check check, string property, CancellationToken cancellationToken) => Task.FromResult(check.Settings["content"]?.DeepClone());
}
