// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>How one layer came to be.</summary>
public sealed record HistoryEntry
{
    /// <summary>When, as RFC 3339.</summary>
    public string? Created { get; init; }

    /// <summary>By what.</summary>
    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }
}
