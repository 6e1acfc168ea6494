// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>A list of images, usually one a platform (image-spec image-index.md).</summary>
public sealed record ImageIndex
{
    /// <summary>Always 2.</summary>
    public int SchemaVersion { get; init; } = 2;

    /// <summary>The media type; null in old indexes that leave it out.</summary>
    public string? MediaType { get; init; }

    /// <summary>What the artifact is, where the index as a whole is one; else null.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The images, and indexes, that this one lists.</summary>
    public required IReadOnlyList<Descriptor> Manifests { get; init; }

    /// <summary>The manifest or index that this one is about; null for none.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>Free-form facts about the index.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    internal static ImageIndex Read(JsonMembers members) => new()
    {
        SchemaVersion = members.SmallNumber("schemaVersion") ?? 2,
        MediaType = members.Text("mediaType"),
        ArtifactType = members.Text("artifactType"),
        Manifests = members.RequiredObjects("manifests", Descriptor.Read),
        Subject = members.Object("subject") is { } subject ? Descriptor.Read(subject) : null,
        Annotations = members.Map("annotations"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Number("schemaVersion", SchemaVersion);
        writer.Text("mediaType", MediaType);
        writer.Text("artifactType", ArtifactType);
        writer.Objects("manifests", Manifests, static (value, output) => value.Write(output));
        writer.Object("subject", Subject, static (value, output) => value.Write(output));
        writer.Map("annotations", Annotations);
        writer.Others(OtherMembers);
    }
}
