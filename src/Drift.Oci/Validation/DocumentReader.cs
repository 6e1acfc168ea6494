// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Oci;

/// <summary>Reads manifests, indexes and configs, and turns what is wrong with their bytes into findings.</summary>
internal static class DocumentReader
{
    /// <summary>The bytes of a document; null when it is not there, too large, or not what its descriptor says.</summary>
    public static async Task<byte[]?> ReadAsync(IImageSource source, Descriptor descriptor, bool isBlob, string location, FindingBag findings, CancellationToken cancellationToken)
    {
        if (descriptor.Size > OciJson.MaximumSize)
        {
            findings.Error(FindingId.DocumentTooLarge, location, $"{descriptor.Digest} has {descriptor.Size} bytes; registries take {OciJson.MaximumSize}.");
            return null;
        }
        try
        {
            if (!isBlob) return (await source.ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false)).ToArray();
            var stream = await source.OpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
            await using var _ = stream.ConfigureAwait(false);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
            return content.ToArray();
        }
        catch (ContentException e)
        {
            Report(e, location, findings);
        }
        catch (DriftException e) when (e.Code == ErrorCode.NotFound)
        {
            findings.Error(FindingId.BlobMissing, location, $"The blob {descriptor.Digest} is missing.");
        }
        catch (DriftException e) when (e.Code == ErrorCode.InvalidContent)
        {
            findings.Error(FindingId.InvalidDocument, location, e.Message);
        }
        return null;
    }

    /// <summary>Parses a document; null when it is not what it should be.</summary>
    public static T? Parse<T>(byte[] bytes, Func<byte[], T> parse, string location, FindingBag findings) where T : class
    {
        try
        {
            return parse(bytes);
        }
        catch (DriftException e)
        {
            findings.Error(FindingId.InvalidDocument, location, e.Message);
            return null;
        }
    }

    /// <summary>Adds the finding for a blob that is not what its descriptor says; false when it is.</summary>
    public static bool Report(ContentException? fault, string location, FindingBag findings)
    {
        if (fault is null) return false;
        findings.Error(fault.ActualSize == fault.Expected.Size ? FindingId.BlobDigest : FindingId.BlobSize, location, fault.Message);
        return true;
    }

    /// <summary>Checks what the typed reading lets pass: an absent schema version, and a media type that contradicts the descriptor's.</summary>
    public static void CheckHead(byte[] bytes, Descriptor descriptor, string location, FindingBag findings)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return;
            if (!document.RootElement.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != 2)
            {
                findings.Error(FindingId.SchemaVersion, location, "The schemaVersion is not 2.");
            }
            if (document.RootElement.TryGetProperty("mediaType", out var type) && type.ValueKind == JsonValueKind.String && !type.ValueEquals(descriptor.MediaType))
            {
                findings.Error(FindingId.MediaTypeMismatch, location, $"The document says that it is {type.GetRawText()}, its descriptor that it is {descriptor.MediaType}.");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told as an invalid document. The second is what .NET throws for names with half of a surrogate pair.
        }
    }
}
