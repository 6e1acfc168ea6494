// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>One image: its config and its layers, the lowest first; or an artifact: its config and its blobs (image-spec manifest.md).</summary>
public sealed record ImageManifest
{
    /// <summary>Always 2.</summary>
    public int SchemaVersion { get; init; } = 2;

    /// <summary>The media type; null in old manifests that leave it out.</summary>
    public string? MediaType { get; init; }

    /// <summary>What the artifact is; null for an image, and where the config's media type tells.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The config blob.</summary>
    public required Descriptor Config { get; init; }

    /// <summary>The layer blobs, the lowest first.</summary>
    public required IReadOnlyList<Descriptor> Layers { get; init; }

    /// <summary>The manifest or index that this one is about, as a signature is about an image; null for none.</summary>
    public Descriptor? Subject { get; init; }

    /// <summary>Free-form facts about the image.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    internal static ImageManifest Read(JsonMembers members) => new()
    {
        SchemaVersion = members.SmallNumber("schemaVersion") ?? 2,
        MediaType = members.Text("mediaType"),
        ArtifactType = members.Text("artifactType"),
        Config = Descriptor.Read(members.RequiredObject("config")),
        Layers = members.RequiredObjects("layers", Descriptor.Read),
        Subject = members.Object("subject") is { } subject ? Descriptor.Read(subject) : null,
        Annotations = members.Map("annotations"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Number("schemaVersion", SchemaVersion);
        writer.Text("mediaType", MediaType);
        writer.Text("artifactType", ArtifactType);
        writer.Object("config", Config, static (value, output) => value.Write(output));
        writer.Objects("layers", Layers, static (value, output) => value.Write(output));
        writer.Object("subject", Subject, static (value, output) => value.Write(output));
        writer.Map("annotations", Annotations);
        writer.Others(OtherMembers);
    }
}
