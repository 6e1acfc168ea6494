// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>A list of images, usually one a platform (image-spec image-index.md).</summary>
public sealed record ImageIndex
{
    /// <summary>Always 2.</summary>
    [JsonPropertyOrder(-3)]
    public int SchemaVersion { get; init; } = 2;

    /// <summary>The media type; null in old indexes that leave it out.</summary>
    [JsonPropertyOrder(-2)]
    public string? MediaType { get; init; }

    /// <summary>The images, and indexes, that this one lists.</summary>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<Descriptor> Manifests { get; init; }

    /// <summary>Free-form facts about the index.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }
}
