// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>A layer; with <c>--files</c>, its files and how many more it has than are listed.</summary>
internal sealed record InspectLayer
{
    public required string Digest { get; init; }
    public required string MediaType { get; init; }

    /// <summary>As it is stored, in bytes.</summary>
    public required long Size { get; init; }

    public string? DiffId { get; init; }
    public IReadOnlyList<InspectFile>? Files { get; init; }
    public long? FilesLeftOut { get; init; }

    /// <summary>Why the files cannot be listed.</summary>
    public string? Problem { get; init; }

    /// <summary>Where to read it.</summary>
    [JsonIgnore]
    public Descriptor Descriptor => new() { MediaType = MediaType, Digest = Oci.Digest.Parse(Digest), Size = Size };
}
