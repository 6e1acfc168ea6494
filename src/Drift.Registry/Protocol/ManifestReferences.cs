// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>
/// What a manifest or index says it is, and the content that it needs in its repository. An index needs nothing: it may be sparse, that is,
/// name images of platforms that were never copied here.
/// </summary>
/// <param name="MediaType">Its <c>mediaType</c> member; null when it has none.</param>
/// <param name="Blobs">Config and layers; layers that are fetched from elsewhere by design are left out.</param>
internal sealed record ManifestReferences(string? MediaType, IReadOnlyList<Digest> Blobs)
{
    // Two members of one name are read differently by different clients, so the same digest would mean two images.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>What the manifest is about, when it is about another one, for example its signature.</summary>
    public Digest? Subject { get; private init; }

    /// <summary>What the manifest is, as referrers are listed with it: its <c>artifactType</c>, or else the media type of its config.</summary>
    public string? ArtifactType { get; private init; }

    /// <summary>The manifest's own annotations.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; private init; }

    /// <summary>Reads a manifest or index.</summary>
    /// <exception cref="FormatException">The content is neither; the message says why.</exception>
    public static ManifestReferences Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement);
        }
        // The second is how a string tells that it is half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it is not JSON: {e.Message}", e);
        }
    }

    /// <summary>The manifest as the referrers API lists it.</summary>
    public Descriptor DescriptorOf(StoredManifest manifest) => new()
    {
        MediaType = manifest.MediaType,
        Digest = manifest.Digest,
        Size = manifest.Content.Length,
        Annotations = Annotations,
        ArtifactType = ArtifactType,
    };

    private static ManifestReferences Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("it is not a JSON object");
        if (!root.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number) || number != 2)
            throw new FormatException("its schemaVersion is not 2");
        var mediaType = ReadText(root, "mediaType", "its mediaType");
        var artifactType = ReadText(root, "artifactType", "its artifactType");
        var annotations = ReadAnnotations(root);
        Digest? subject = root.TryGetProperty("subject", out var about) ? ReadDigest(about, "subject") : null;

        var hasConfig = root.TryGetProperty("config", out var config);
        var hasLayers = root.TryGetProperty("layers", out var layers);
        if (root.TryGetProperty("manifests", out var manifests))
        {
            // CVE-2021-41190: content that is both would be one image for some clients and another for others.
            if (hasConfig || hasLayers) throw new FormatException("it has the members of a manifest and of an index");
            _ = ReadArray(manifests, "manifests", static _ => true);
            return new ManifestReferences(mediaType, []) { Subject = subject, ArtifactType = artifactType, Annotations = annotations };
        }
        if (!hasConfig || !hasLayers) throw new FormatException("it has neither config and layers nor manifests");
        var blobs = (List<Digest>)[ReadDigest(config, "config"), .. ReadArray(layers, "layers", IsStoredHere)];
        return new ManifestReferences(mediaType, blobs)
        {
            Subject = subject,
            ArtifactType = string.IsNullOrEmpty(artifactType) ? ReadText(config, "mediaType", "its config's mediaType") : artifactType,
            Annotations = annotations,
        };
    }

    private static string? ReadText(JsonElement owner, string member, string what) => !owner.TryGetProperty(member, out var text) ? null
        : text.ValueKind == JsonValueKind.String ? text.GetString()
        : throw new FormatException($"{what} is not a string");

    private static Dictionary<string, string>? ReadAnnotations(JsonElement root)
    {
        if (!root.TryGetProperty("annotations", out var annotations) || annotations.ValueKind == JsonValueKind.Null) return null;
        if (annotations.ValueKind != JsonValueKind.Object) throw new FormatException("its annotations are not an object");
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var annotation in annotations.EnumerateObject())
        {
            if (annotation.Value.ValueKind != JsonValueKind.String) throw new FormatException("an annotation is not a string");
            all[annotation.Name] = annotation.Value.GetString()!;
        }
        return all;
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
