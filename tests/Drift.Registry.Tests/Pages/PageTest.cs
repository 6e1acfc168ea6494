// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using System.Text.Json;
using Drift.Oci;

namespace Drift.Registry.Tests;

/// <summary>A test of the registry's pages, with images to look at.</summary>
public abstract class PageTest : RegistryTest
{
    /// <summary>What all headings, cells and items of the page say, without tags and escapes.</summary>
    protected async Task<string> TextAsync(string path) => TextOf(await Client.GetStringAsync(path, Cancelled));

    protected static string TextOf(string html) =>
        WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Replace(html, "<[^>]*>", " ", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(10)));

    /// <summary>Pushes an image whose layers have these sizes.</summary>
    protected async Task<Descriptor> PushAsync(string repository, string reference, Platform platform, int[] layers, Func<ImageConfig, ImageConfig>? change = null, Func<ImageManifest, ImageManifest>? alter = null)
    {
        var blobs = layers.Select((size, i) => RandomBytes(size, seed: i + 1)).ToArray();
        var config = new ImageConfig
        {
            OperatingSystem = platform.OperatingSystem,
            Architecture = platform.Architecture,
            Variant = platform.Variant,
            Created = "1970-01-01T00:00:00Z",
            Rootfs = new RootFileSystem { DiffIds = [.. blobs.Select(blob => Digest.Of(blob))] },
        };
        var json = OciJson.Write(change is null ? config : change(config));
        foreach (var blob in blobs) await PushBlobAsync(blob, repository);
        await PushBlobAsync(json, repository);
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = Descriptor.Of(MediaTypes.OciConfig, json),
            Layers = [.. blobs.Select(blob => Descriptor.Of(MediaTypes.OciLayerGzip, blob))],
        };
        var content = OciJson.Write(alter is null ? manifest : alter(manifest));
        return await PushManifestAsync(repository, reference, content, MediaTypes.OciManifest) with { Platform = platform };
    }

    /// <summary>Pushes a manifest as it is; by its digest when the reference is empty.</summary>
    protected async Task<Descriptor> PushManifestAsync(string repository, string reference, byte[] content, string mediaType)
    {
        var descriptor = Descriptor.Of(mediaType, content);
        using var response = await SendAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{(reference.Length > 0 ? reference : descriptor.Digest.ToString())}", content, mediaType);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Cancelled));
        return descriptor;
    }

    /// <summary>Pushes an index of images that need not be there.</summary>
    protected Task<Descriptor> PushIndexAsync(string repository, string reference, params Descriptor[] entries) =>
        PushManifestAsync(repository, reference, OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries }), MediaTypes.OciIndex);

    /// <summary>Pushes something that is no image, about a manifest that may be missing.</summary>
    protected async Task<Descriptor> PushArtifactAsync(string repository, string reference, string type, Digest? subject, byte[]? content = null)
    {
        content ??= Encoding.UTF8.GetBytes($"content of {type}");
        await PushBlobAsync(content, repository);
        await PushBlobAsync("{}"u8.ToArray(), repository);
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = MediaTypes.OciManifest,
            artifactType = type,
            config = new { mediaType = "application/vnd.oci.empty.v1+json", digest = Digest.Of("{}"u8).ToString(), size = 2 },
            layers = new[] { new { mediaType = "text/plain", digest = Digest.Of(content).ToString(), size = content.Length, annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["org.opencontainers.image.title"] = "notes.txt" } } },
            subject = subject is { } about ? new { mediaType = MediaTypes.OciManifest, digest = about.ToString(), size = 2 } : null,
        }, Compact);
        return await PushManifestAsync(repository, reference, manifest, MediaTypes.OciManifest);
    }

    private static readonly JsonSerializerOptions Compact = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
}
