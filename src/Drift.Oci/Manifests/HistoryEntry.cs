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

    /// <summary>By whom.</summary>
    public string? Author { get; init; }

    /// <summary>A message of whoever made it.</summary>
    public string? Comment { get; init; }

    /// <summary>True when the step changed the config only, so that no layer belongs to it.</summary>
    [JsonPropertyName("empty_layer")]
    public bool? EmptyLayer { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }
}
