// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An index, an image or an attestation of the tree; sizes in bytes.</summary>
internal sealed record InspectNode
{
    /// <summary><c>index</c>, <c>image</c>, <c>attestation</c> (listed as for unknown/unknown) or <c>other</c>.</summary>
    public required string Kind { get; init; }

    public required string MediaType { get; init; }
    public required string Digest { get; init; }

    /// <summary>The size of the document itself.</summary>
    public required long Size { get; init; }

    /// <summary>Of an image: the manifest, the config and the layers together.</summary>
    public long? ImageSize { get; init; }

    public string? Platform { get; init; }

    /// <summary>Why there is nothing below, for example because the store lacks it.</summary>
    public string? Problem { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
    public InspectConfig? Config { get; init; }
    public IReadOnlyList<InspectLayer>? Layers { get; init; }
    public IReadOnlyList<InspectNode>? Manifests { get; init; }
}
