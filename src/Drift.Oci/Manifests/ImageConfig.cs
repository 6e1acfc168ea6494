// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>What an image is and how it runs (image-spec config.md).</summary>
public sealed record ImageConfig
{
    /// <summary>When the image was made, as RFC 3339. Drift writes <c>SOURCE_DATE_EPOCH</c>, or else 1970.</summary>
    public string? Created { get; init; }

    /// <summary>Who made the image.</summary>
    public string? Author { get; init; }

    /// <summary>The processor architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>The operating system.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The architecture's variant.</summary>
    public string? Variant { get; init; }

    /// <summary>How a container of this image is run.</summary>
    public ContainerConfig? Config { get; init; }

    /// <summary>The layers by the digests of their uncompressed tar.</summary>
    public required RootFileSystem Rootfs { get; init; }

    /// <summary>How each layer came to be.</summary>
    public IReadOnlyList<HistoryEntry>? History { get; init; }

    /// <summary>Members that this version does not know; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    /// <summary>The platform that the image says it is for.</summary>
    public Platform Platform => new() { OperatingSystem = OperatingSystem, Architecture = Architecture, Variant = Variant };

    internal static ImageConfig Read(JsonMembers members) => new()
    {
        Created = members.Text("created"),
        Author = members.Text("author"),
        Architecture = members.RequiredText("architecture"),
        OperatingSystem = members.RequiredText("os"),
        Variant = members.Text("variant"),
        Config = members.Object("config") is { } config ? ContainerConfig.Read(config) : null,
        Rootfs = RootFileSystem.Read(members.RequiredObject("rootfs")),
        History = members.Objects("history", HistoryEntry.Read),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Text("created", Created);
        writer.Text("author", Author);
        writer.Text("architecture", Architecture);
        writer.Text("os", OperatingSystem);
        writer.Text("variant", Variant);
        writer.Object("config", Config, static (value, output) => value.Write(output));
        writer.Object("rootfs", Rootfs, static (value, output) => value.Write(output));
        writer.Objects("history", History, static (value, output) => value.Write(output));
        writer.Others(OtherMembers);
    }
}
