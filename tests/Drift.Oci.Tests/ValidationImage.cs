// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Drift.Oci.Tests;

/// <summary>An image in memory whose every part a test can get wrong. Blobs are checked on reading, as every source does.</summary>
internal sealed class ValidationImage : IImageSource
{
    private readonly Dictionary<Digest, byte[]> _blobs = [];

    public List<(Descriptor Descriptor, Digest DiffId)> Layers { get; } = [];

    public string User { get; init; } = "65532:65532";

    public ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        _blobs.TryGetValue(descriptor.Digest, out var bytes)
            ? new(new VerifyingStream(new MemoryStream(bytes), descriptor, "memory"))
            : throw new DriftException(ErrorCode.NotFound, "missing");

    public async ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        await using var stream = await OpenBlobAsync(descriptor, cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    public Descriptor Add(string mediaType, byte[] content)
    {
        var descriptor = Descriptor.Of(mediaType, content);
        _blobs[descriptor.Digest] = content;
        return descriptor;
    }

    public Descriptor Add(string mediaType, string json) => Add(mediaType, Encoding.UTF8.GetBytes(json));

    public void Replace(Descriptor descriptor, byte[] content) => _blobs[descriptor.Digest] = content;

    public void Remove(Descriptor descriptor) => _blobs.Remove(descriptor.Digest);

    public void AddLayer(byte[] tar, byte[]? stored = null, string mediaType = MediaTypes.OciLayerGzip) =>
        Layers.Add((Add(mediaType, stored ?? Gzip(tar)), Digest.Of(tar)));

    public async Task AddLayerAsync(params IEnumerable<TarEntry> entries) => AddLayer(await TarAsync(entries));

    /// <summary>The config as JSON text, for a test to change.</summary>
    public string Config(string history = "", string platform = "\"architecture\":\"amd64\",\"os\":\"linux\"") =>
        $$"""{{{platform}},"config":{"User":"{{User}}"},"rootfs":{"type":"layers","diff_ids":[{{string.Join(',', Layers.Select(layer => $"\"{layer.DiffId}\""))}}]}{{(history.Length == 0 ? "" : $",\"history\":[{history}]")}}}""";

    public Descriptor Manifest(string? config = null, string configType = MediaTypes.OciConfig, int schemaVersion = 2, string type = MediaTypes.OciManifest)
    {
        var json = string.Create(CultureInfo.InvariantCulture, $$"""{"schemaVersion":{{schemaVersion}},"mediaType":"{{type}}","config":{{Json(Add(configType, config ?? Config()))}},"layers":[{{string.Join(',', Layers.Select(layer => Json(layer.Descriptor)))}}]}""");
        return Add(MediaTypes.OciManifest, json);
    }

    public Descriptor Index(params IEnumerable<Descriptor> entries) => Add(MediaTypes.OciIndex, OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. entries] }));

    public async Task<IReadOnlyList<Finding>> ValidateAsync(Descriptor root)
    {
        var findings = new FindingBag();
        await ImageValidator.ValidateAsync(this, root, findings, TestContext.Current.CancellationToken);
        return findings.Sorted();
    }

    public static TarEntry File(string path) => new() { Path = path, Type = TarEntryType.File };

    public static async Task<byte[]> TarAsync(params IEnumerable<TarEntry> entries)
    {
        using var archive = new MemoryStream();
        var writer = new TarWriter(archive);
        foreach (var entry in entries)
        {
            if (entry.Size == 0) await writer.WriteAsync(entry);
            else await writer.WriteAsync(entry, new MemoryStream(new byte[entry.Size]));
        }
        await writer.FinishAsync();
        return archive.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return compressed.ToArray();
    }

    private static string Json(Descriptor descriptor) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"mediaType":"{{descriptor.MediaType}}","digest":"{{descriptor.Digest}}","size":{{descriptor.Size}}}""");
}
