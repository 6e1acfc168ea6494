// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Cli.Tests;

/// <summary>An artifact in an OCI layout that is written by hand, so that it can say anything.</summary>
internal sealed class HostileArtifact
{
    public HostileArtifact(string path)
    {
        Path = path;
        Directory.CreateDirectory(System.IO.Path.Combine(path, "blobs", "sha256"));
        File.WriteAllText(System.IO.Path.Combine(path, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    public string Path { get; }

    public List<JsonObject> Layers { get; } = [];

    public void AddFile(string title, string content) => Layers.Add(Blob("text/plain", Encoding.UTF8.GetBytes(content), new JsonObject { ["org.opencontainers.image.title"] = title }));

    public void AddFolder(string title, params IEnumerable<TarEntry> entries)
    {
        using var archive = new MemoryStream();
        using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new TarWriter(gzip, leaveOpen: true))
        {
            foreach (var entry in entries) writer.WriteEntry(entry);
        }
        Layers.Add(Blob("application/vnd.oci.image.layer.v1.tar+gzip", archive.ToArray(), new JsonObject { ["org.opencontainers.image.title"] = title, ["io.deis.oras.content.unpack"] = "true" }));
    }

    public void Write()
    {
        var manifest = Blob("application/vnd.oci.image.manifest.v1+json", Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["artifactType"] = "x/hostile",
            ["config"] = Blob("application/vnd.oci.empty.v1+json", "{}"u8.ToArray()),
            ["layers"] = new JsonArray([.. Layers.Select(layer => layer.DeepClone())]),
        }.ToJsonString()));
        File.WriteAllText(System.IO.Path.Combine(Path, "index.json"), new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(manifest) }.ToJsonString());
    }

    private JsonObject Blob(string mediaType, byte[] content, JsonObject? annotations = null)
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes(System.IO.Path.Combine(Path, "blobs", "sha256", hex), content);
        var blob = new JsonObject { ["mediaType"] = mediaType, ["digest"] = "sha256:" + hex, ["size"] = content.Length };
        if (annotations is not null) blob["annotations"] = annotations;
        return blob;
    }
}
