// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>A client that others wrote: skopeo of Debian.</summary>
public sealed class SkopeoTests : RegistryTest
{
    private string Reference => $"docker://127.0.0.1:{Server.Port}/demo/app:v1";

    [Fact]
    public async Task Copies_an_image_in_and_out_unchanged()
    {
        var (layout, digest) = WriteLayout();
        await SkopeoAsync("copy", "--dest-tls-verify=false", $"oci:{layout}:v1", Reference);
        Assert.Contains(digest.ToString(), (await SkopeoAsync("inspect", "--tls-verify=false", Reference)).Output, StringComparison.Ordinal);
        Assert.Contains("\"v1\"", (await SkopeoAsync("list-tags", "--tls-verify=false", $"docker://127.0.0.1:{Server.Port}/demo/app")).Output, StringComparison.Ordinal);

        var copy = Folder.Combine("copy");
        await SkopeoAsync("copy", "--src-tls-verify=false", Reference, $"oci:{copy}:v1");
        var blobs = Directory.GetFiles(Path.Combine(layout, "blobs", "sha256"));
        Assert.Equal(blobs.Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(copy, "blobs", "sha256")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var blob in blobs)
            Assert.Equal(await File.ReadAllBytesAsync(blob, Cancelled), await File.ReadAllBytesAsync(Path.Combine(copy, "blobs", "sha256", Path.GetFileName(blob)), Cancelled));
    }

    [Fact]
    public async Task Copies_between_repositories_and_deletes()
    {
        var (layout, digest) = WriteLayout();
        await SkopeoAsync("copy", "--dest-tls-verify=false", $"oci:{layout}:v1", Reference);
        var other = $"docker://127.0.0.1:{Server.Port}/demo/other:v1";
        await SkopeoAsync("copy", "--src-tls-verify=false", "--dest-tls-verify=false", Reference, other);
        await SkopeoAsync("delete", "--tls-verify=false", Reference);

        using var gone = await SendAsync(HttpMethod.Head, $"/v2/demo/app/manifests/{digest}");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains(digest.ToString(), (await SkopeoAsync("inspect", "--tls-verify=false", other)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_from_Debians_registry_and_back()
    {
        await using var debian = await DebianRegistry.StartAsync(Cancelled);
        var (layout, digest) = WriteLayout();
        await SkopeoAsync("copy", "--dest-tls-verify=false", $"oci:{layout}:v1", $"docker://{debian.Host}/first:v1");
        await SkopeoAsync("copy", "--src-tls-verify=false", "--dest-tls-verify=false", $"docker://{debian.Host}/first:v1", Reference);
        await SkopeoAsync("copy", "--src-tls-verify=false", "--dest-tls-verify=false", Reference, $"docker://{debian.Host}/second:v1");
        var inspected = await SkopeoAsync("inspect", "--tls-verify=false", $"docker://{debian.Host}/second:v1");
        Assert.Contains(digest.ToString(), inspected.Output, StringComparison.Ordinal);
    }

    private static async Task<ProcessRun> SkopeoAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program("skopeo"), ["--insecure-policy", .. arguments], cancellationToken: Cancelled)).EnsureSuccess();

    // An image with one layer, an empty tar archive of two zero blocks, and one that is larger than skopeo's buffers.
    private (string Path, Digest Manifest) WriteLayout()
    {
        var layout = Folder.Combine("layout");
        byte[][] tars = [new byte[1024], Tar("file", RandomBytes(200_000))];
        byte[][] layers = [.. tars.Select(Gzip)];
        var diffIds = string.Join(',', tars.Select(tar => $"\"{Digest.Of(tar)}\""));
        var config = Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{{diffIds}}}]}}""");
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = Descriptor.Of(MediaTypes.OciConfig, config),
            Layers = [.. layers.Select(layer => Descriptor.Of(MediaTypes.OciLayerGzip, layer))],
        });
        Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256"));
        foreach (var blob in (byte[][])[config, manifest, .. layers]) File.WriteAllBytes(Path.Combine(layout, "blobs", "sha256", Digest.Of(blob).Hex), blob);
        File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(layout, "index.json"), $$$"""
            {"schemaVersion":2,"manifests":[{"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Digest.Of(manifest)}}}","size":{{{manifest.Length}}},
            "annotations":{"org.opencontainers.image.ref.name":"v1"}}]}
            """);
        return (layout, Digest.Of(manifest));
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var archive = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(archive, leaveOpen: true))
        {
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return archive.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return compressed.ToArray();
    }
}
