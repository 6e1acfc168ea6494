// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>What a manifest or index says it is, and the content that it needs in its repository.</summary>
/// <param name="MediaType">Its <c>mediaType</c> member; null when it has none.</param>
/// <param name="Blobs">Config and layers; layers that are fetched from elsewhere by design are left out.</param>
/// <param name="Manifests">The entries of an index.</param>
internal sealed record ManifestReferences(string? MediaType, IReadOnlyList<Digest> Blobs, IReadOnlyList<Digest> Manifests)
{
    // Two members of one name are read differently by different clients, so the same digest would mean two images.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a manifest or index.</summary>
    /// <exception cref="FormatException">The content is neither; the message says why.</exception>
    public static ManifestReferences Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is not JSON: {e.Message}", e);
        }
    }

    private static ManifestReferences Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("it is not a JSON object");
        if (!root.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number) || number != 2)
            throw new FormatException("its schemaVersion is not 2");
        var mediaType = root.TryGetProperty("mediaType", out var type)
            ? type.ValueKind == JsonValueKind.String ? type.GetString() : throw new FormatException("its mediaType is not a string")
            : null;

        var hasConfig = root.TryGetProperty("config", out var config);
        var hasLayers = root.TryGetProperty("layers", out var layers);
        if (root.TryGetProperty("manifests", out var manifests))
        {
            // CVE-2021-41190: content that is both would be one image for some clients and another for others.
            if (hasConfig || hasLayers) throw new FormatException("it has the members of a manifest and of an index");
            return new ManifestReferences(mediaType, [], ReadArray(manifests, "manifests", static _ => true));
        }
        if (!hasConfig || !hasLayers) throw new FormatException("it has neither config and layers nor manifests");
        return new ManifestReferences(mediaType, [ReadDigest(config, "config"), .. ReadArray(layers, "layers", IsStoredHere)], []);
    }

    private static List<Digest> ReadArray(JsonElement array, string member, Func<JsonElement, bool> isNeeded)
    {
        if (array.ValueKind != JsonValueKind.Array) throw new FormatException($"its {member} is not an array");
        var digests = new List<Digest>(array.GetArrayLength());
        foreach (var descriptor in array.EnumerateArray())
        {
            var digest = ReadDigest(descriptor, member);
            if (isNeeded(descriptor)) digests.Add(digest);
        }
        return digests;
    }

    private static Digest ReadDigest(JsonElement descriptor, string member) =>
        descriptor.ValueKind == JsonValueKind.Object
        && descriptor.TryGetProperty("digest", out var text) && text.ValueKind == JsonValueKind.String
        && Digest.TryParse(text.GetString(), out var digest)
        && descriptor.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number
        && size.TryGetInt64(out var bytes) && bytes >= 0
            ? digest
            : throw new FormatException($"a descriptor in its {member} lacks a supported digest or a size");

    // image-spec layer.md, "Non-Distributable Layers": their clients fetch them from the descriptor's urls and do not push them.
    private static bool IsStoredHere(JsonElement layer) =>
        !(layer.TryGetProperty("mediaType", out var type) && type.ValueKind == JsonValueKind.String
          && type.GetString() is { } name
          && (name.Contains(".nondistributable.", StringComparison.Ordinal) || name.Contains(".foreign.", StringComparison.Ordinal)));
}
