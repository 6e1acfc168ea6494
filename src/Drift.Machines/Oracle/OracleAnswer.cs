// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>An answer of Oracle's that is a success.</summary>
/// <param name="Body">The JSON; null when there is none.</param>
/// <param name="WorkRequest">What goes on because of it; null when nothing does.</param>
/// <param name="NextPage">Asks for the next page of a list; null at its end.</param>
/// <param name="ETag">The version of what was asked for.</param>
internal sealed record OracleAnswer(JsonNode? Body, string? WorkRequest, string? NextPage, string? ETag)
{
    /// <summary>A member that must be there.</summary>
    public string Text(string name) => Find(name) ?? throw new DriftException(ErrorCode.CloudRefused, $"Oracle's answer has no {name}.");

    /// <summary>A member that is text; null when it is not there.</summary>
    public string? Find(string name) => Body is JsonObject json && json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
