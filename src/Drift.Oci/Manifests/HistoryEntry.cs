// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>How one layer came to be.</summary>
public sealed record HistoryEntry
{
    /// <summary>When, as RFC 3339.</summary>
    public string? Created { get; init; }

    /// <summary>By what.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>By whom.</summary>
    public string? Author { get; init; }

    /// <summary>A message of whoever made it.</summary>
    public string? Comment { get; init; }

    /// <summary>True when the step changed the config only, so that no layer belongs to it.</summary>
    public bool? EmptyLayer { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    internal static HistoryEntry Read(JsonMembers members) => new()
    {
        Created = members.Text("created"),
        CreatedBy = members.Text("created_by"),
        Author = members.Text("author"),
        Comment = members.Text("comment"),
        EmptyLayer = members.Flag("empty_layer"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Text("created", Created);
        writer.Text("created_by", CreatedBy);
        writer.Text("author", Author);
        writer.Text("comment", Comment);
        writer.Flag("empty_layer", EmptyLayer);
        writer.Others(OtherMembers);
    }
}
