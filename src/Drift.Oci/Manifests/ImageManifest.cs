// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>One image: its config and its layers, the lowest first (image-spec manifest.md).</summary>
public sealed record ImageManifest
{
    /// <summary>Always 2.</summary>
    [JsonPropertyOrder(-5)]
    public int SchemaVersion { get; init; } = 2;

    /// <summary>The media type; null in old manifests that leave it out.</summary>
    [JsonPropertyOrder(-4)]
    public string? MediaType { get; init; }

    /// <summary>The config blob.</summary>
    [JsonPropertyOrder(-3)]
    public required Descriptor Config { get; init; }

    /// <summary>The layer blobs, the lowest first.</summary>
    [JsonPropertyOrder(-2)]
    public required IReadOnlyList<Descriptor> Layers { get; init; }

    /// <summary>Free-form facts about the image.</summary>
    [JsonPropertyOrder(-1)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    [JsonExtensionData, JsonInclude]
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }
}
