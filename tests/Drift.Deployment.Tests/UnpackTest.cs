// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Deployment.Tests;

/// <summary>Unpacks layers of any entries from a layout into <see cref="Root"/>.</summary>
public abstract class UnpackTest : IDisposable
{
    protected const int Limit = 20_000;

    protected TestKit.TemporaryDirectory Folder { get; } = new();

    protected string Root => Folder.Combine("root");

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Entry File(string path, string content = "", int mode = 0b110_100_100) =>
        new(new TarEntry { Path = path, Type = TarEntryType.File, Mode = mode, Size = Encoding.UTF8.GetByteCount(content) }, content);

    private protected static Entry Of(TarEntryType type, string path, string target = "") =>
        new(new TarEntry { Path = path, Type = type, Mode = 0b111_101_101, LinkTarget = target }, "");

    private protected static Entry Directory(string path) => Of(TarEntryType.Directory, path);

    private protected static Entry Link(string path, string target) => Of(TarEntryType.SymbolicLink, path, target);

    private protected async Task UnpackAsync(params Entry[][] layers)
    {
        var tars = new List<byte[]>();
        foreach (var layer in layers) tars.Add(await TarAsync(layer));
        await UnpackAsync([.. tars.Select(tar => (Gzip(tar), Digest.Of(tar)))]);
    }

    /// <summary>Unpacks an image of these compressed layers and diffIDs.</summary>
    protected async Task UnpackAsync((byte[] Blob, Digest DiffId)[] layers, Action<OciLayout>? damage = null)
    {
        var layout = await OciLayout.OpenOrCreateAsync(Folder.Combine("layout"), Cancelled);
        foreach (var (blob, _) in layers) await layout.WriteBlobAsync(Descriptor.Of(MediaTypes.OciLayerGzip, blob), blob, Cancelled);
        damage?.Invoke(layout);
        var manifest = new ImageManifest
        {
            Config = Descriptor.Of(MediaTypes.OciConfig, []),
            Layers = [.. layers.Select(layer => Descriptor.Of(MediaTypes.OciLayerGzip, layer.Blob))],
        };
        var config = new ImageConfig { Architecture = "amd64", OperatingSystem = "linux", Rootfs = new RootFileSystem { DiffIds = [.. layers.Select(layer => layer.DiffId)] } };
        await RootFileSystemUnpacker.UnpackAsync(layout, manifest, config, Root, Cancelled);
    }

    private protected static async Task<byte[]> TarAsync(params Entry[] entries)
    {
        using var archive = new MemoryStream();
        var writer = new TarWriter(archive);
        foreach (var (header, content) in entries)
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
            await writer.WriteAsync(header, stream, Cancelled);
        }
        await writer.FinishAsync(Cancelled);
        return archive.ToArray();
    }

    protected static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return compressed.ToArray();
    }

    /// <summary>Everything below the root: files with their content, links with their target, folders with a slash.</summary>
    protected string[] Tree() => [.. Below(new DirectoryInfo(Root)).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Below(DirectoryInfo folder) => folder.EnumerateFileSystemInfos().SelectMany(info =>
    {
        var path = Path.GetRelativePath(Root, info.FullName);
        return info switch
        {
            { LinkTarget: { } target } => [$"{path} -> {target}"],
            DirectoryInfo child => Below(child).Prepend(path + "/"),
            _ => [$"{path}={System.IO.File.ReadAllText(info.FullName)}"],
        };
    });
}
