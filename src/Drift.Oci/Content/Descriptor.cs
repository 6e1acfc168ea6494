// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>Points at content by what it is: media type, digest and size in bytes (image-spec descriptor.md).</summary>
public sealed record Descriptor
{
    /// <summary>The content's media type.</summary>
    public required string MediaType { get; init; }

    /// <summary>The content's digest.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The content's size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The platform of the image that an index's entry points at.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Free-form facts about the content.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>What the artifact is, where the manifest's config does not tell.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    /// <summary>The descriptor of <paramref name="content"/>, digest and size computed.</summary>
    public static Descriptor Of(string mediaType, ReadOnlySpan<byte> content) =>
        new() { MediaType = mediaType, Digest = Digest.Of(content), Size = content.Length };

    internal static Descriptor Read(JsonMembers members) => new()
    {
        MediaType = members.RequiredText("mediaType"),
        Digest = members.RequiredDigest("digest"),
        Size = members.RequiredSize("size"),
        Platform = members.Object("platform") is { } platform ? Platform.Read(platform) : null,
        Annotations = members.Map("annotations"),
        ArtifactType = members.Text("artifactType"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Text("mediaType", MediaType);
        writer.Text("digest", Digest.ToString());
        writer.Number("size", Size);
        writer.Object("platform", Platform, static (value, output) => value.Write(output));
        writer.Map("annotations", Annotations);
        writer.Text("artifactType", ArtifactType);
        writer.Others(OtherMembers);
    }
}
