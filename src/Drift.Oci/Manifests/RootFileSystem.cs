// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Oci;

/// <summary>The layers of an image by the digests of their uncompressed tar, the lowest first.</summary>
public sealed record RootFileSystem
{
    /// <summary>Always <c>layers</c>.</summary>
    public string Type { get; init; } = "layers";

    /// <summary>One digest a layer.</summary>
    [JsonPropertyName("diff_ids")]
    public required IReadOnlyList<Digest> DiffIds { get; init; }
}
