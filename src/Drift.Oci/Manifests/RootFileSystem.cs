// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>The layers of an image by the digests of their uncompressed tar, the lowest first.</summary>
public sealed record RootFileSystem
{
    /// <summary>Always <c>layers</c>.</summary>
    public string Type { get; init; } = "layers";

    /// <summary>One digest a layer.</summary>
    public required IReadOnlyList<Digest> DiffIds { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    internal static RootFileSystem Read(JsonMembers members) => new()
    {
        Type = members.Text("type") ?? "layers",
        DiffIds = members.RequiredDigests("diff_ids"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Text("type", Type);
        writer.WriteStartArray("diff_ids");
        for (var i = 0; i < DiffIds.Count; i++) writer.WriteStringValue(DiffIds[i].ToString());
        writer.WriteEndArray();
        writer.Others(OtherMembers);
    }
}
