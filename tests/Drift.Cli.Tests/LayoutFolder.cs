// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>An OCI layout that is written by hand, file by file, with .NET's own tar: nothing of Drift makes it.</summary>
internal sealed class LayoutFolder
{
    public LayoutFolder(TemporaryDirectory folder, string name)
    {
        Path = folder.Combine(name);
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "blobs", "sha256"));
        File.WriteAllText(System.IO.Path.Combine(Path, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    public string Path { get; }

    public List<(JsonObject Descriptor, string DiffId)> Layers { get; } = [];

    public string BlobPath(string digest) => System.IO.Path.Combine(Path, "blobs", "sha256", digest["sha256:".Length..]);

    public void AddLayer(params IEnumerable<TarEntry> entries)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, leaveOpen: true))
        {
            foreach (var entry in entries) writer.WriteEntry(entry);
        }
        var tar = archive.ToArray();
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(tar);
        Layers.Add((Blob("application/vnd.oci.image.layer.v1.tar+gzip", compressed.ToArray()), Digest(tar)));
    }

    /// <summary>Writes config, manifest and index.json over the layers.</summary>
    public void Write(string architecture = "amd64", string entrypoint = "/app", string user = "1000", params string[] environment)
    {
        var config = new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = new JsonObject { ["User"] = user, ["Entrypoint"] = new JsonArray(entrypoint), ["Env"] = environment.Length > 0 ? new JsonArray([.. environment.Select(variable => JsonValue.Create(variable))]) : new JsonArray("PATH=/bin", $"ARCH={architecture}") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. Layers.Select(layer => JsonValue.Create(layer.DiffId))]) },
        };
        var manifest = Blob("application/vnd.oci.image.manifest.v1+json", Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Blob("application/vnd.oci.image.config.v1+json", Encoding.UTF8.GetBytes(config.ToJsonString())),
            ["layers"] = new JsonArray([.. Layers.Select(layer => layer.Descriptor.DeepClone())]),
        }.ToJsonString()));
        File.WriteAllText(System.IO.Path.Combine(Path, "index.json"), new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(manifest) }.ToJsonString());
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The archive's writer reads the memory stream once; there is nothing to release.")]
    public static TarEntry Entry(string path, string content = "", int mode = 0b110_100_100, TarEntryType type = TarEntryType.RegularFile, string? link = null, byte[]? bytes = null, int owner = 0)
    {
        var entry = new PaxTarEntry(type, path) { Mode = (UnixFileMode)mode, ModificationTime = DateTimeOffset.UnixEpoch, Uid = owner };
        if (type == TarEntryType.RegularFile) entry.DataStream = new MemoryStream(bytes ?? Encoding.UTF8.GetBytes(content));
        if (link is not null) entry.LinkName = link;
        return entry;
    }

    /// <summary>The headers of an ELF executable with one segment of code, a stack unless its flags are null, and an interpreter where one is named.</summary>
    public static byte[] Elf(ushort machine, ulong alignment = 0x10000, string? interpreter = null, uint? stack = 6, uint code = 5)
    {
        var file = new byte[512];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), 0x10000);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        Segment(file, 1, code, 0, 0x10000, 512, alignment);
        if (stack is { } flags) Segment(file, 0x6474e551, flags, 0, 0, 0, 0);
        if (interpreter is not null)
        {
            Segment(file, 3, 4, 256, 0x10100, (ulong)interpreter.Length + 1, 1);
            Encoding.ASCII.GetBytes(interpreter, file.AsSpan(256));
        }
        return file;
    }

    private static void Segment(byte[] file, uint type, uint flags, ulong offset, ulong address, ulong size, ulong alignment)
    {
        // The count of headers is raised by this one.
        var header = file.AsSpan(64 + 56 * file[56]++);
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], size);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], size);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], alignment);
    }

    private JsonObject Blob(string mediaType, byte[] content)
    {
        File.WriteAllBytes(BlobPath(Digest(content)), content);
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = Digest(content), ["size"] = content.Length };
    }

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
