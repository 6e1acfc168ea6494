// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>Images and archives from anyone: one error and one hint, the destination as it was, nothing left over, the cache as good as before.</summary>
public sealed class HostileImageTests : IDisposable
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Destination => _folder.Combine("destination");

    public void Dispose() => _folder.Dispose();

    /// <summary>Each is a file of the corpus that the fuzz targets begin with.</summary>
    [Theory]
    [InlineData("tar/parent-paths", "has an entry that leaves the image: ../outside")]
    [InlineData("tar/links-leave-the-root", "has an entry that leaves the image: c")]
    [InlineData("tar/name-not-utf8", "has a name that is not UTF-8")]
    [InlineData("tar/pax-path-with-nul", "has a name with a NUL in it")]
    [InlineData("tar/pax-header-of-a-gigabyte", "has extended headers of 1073741824 bytes for one entry")]
    [InlineData("tar/pax-length-lies", "has a damaged pax header")]
    [InlineData("tar/size-of-exabytes", "has an entry of 9223372036854775807 bytes")]
    [InlineData("tar/size-larger-than-archive", "ends in the middle of a file")]
    [InlineData("tar/checksum-wrong", "has a header with a wrong checksum")]
    [InlineData("compression/gzip-truncated", "does not decompress: The gzip data ends early.")]
    [InlineData("compression/gzip-wrong-crc", "does not decompress: The gzip data is damaged.")]
    [InlineData("compression/zstd-truncated", "does not decompress: The zstd data ends early.")]
    public async Task An_archive_is_refused_as_a_layer(string file, string message)
    {
        WriteDestination();
        await FailsAsync(7, "DRIFT4002", message, "append", "scratch", "--layer", ProjectRoot.Combine("tests", "Drift.Fuzz", "corpus", file), "-o", $"oci:{Destination}:v2");
    }

    [Theory]
    [InlineData("digest", "has the digest")]
    [InlineData("size", "is longer than the")]
    [InlineData("negative-size", "size is not a size in bytes")]
    [InlineData("huge-size", "size is not a size in bytes")]
    [InlineData("algorithm", "digest is not a sha256 or sha512 digest")]
    [InlineData("nesting", "depth")]
    [InlineData("large", "at most 4194304 are read here")]
    [InlineData("missing", "lacks the blob")]
    [InlineData("not-utf8", "it is not UTF-8")]
    [InlineData("not-json", "is not an image manifest")]
    [InlineData("cut", "ended after")]
    [InlineData("diff-id", "The tar of the layer")]
    [InlineData("diff-ids", "has 1 layers, but its config lists 2")]
    [InlineData("layer-cut", "ended after")]
    public async Task A_layout_is_refused(string fault, string message)
    {
        WriteDestination();
        var source = "oci:" + WriteLayout(fault);
        var (exitCode, code) = fault switch { "missing" => (5, "DRIFT3003"), "digest" or "size" or "cut" or "diff-id" or "layer-cut" => (7, "DRIFT4001"), _ => (7, "DRIFT4002") };
        await FailsAsync(exitCode, code, message, "flatten", source, "-o", $"oci:{Destination}:v2");

        var validation = await RunAsync(["validate", source, "--json"]);
        Assert.Equal(7, validation.ExitCode);
        Assert.Contains("\"severity\":\"error\"", validation.Output, StringComparison.Ordinal);
        var inspection = await RunAsync(["inspect", source, "--files"]);
        Assert.True(inspection.ExitCode == exitCode || fault is "diff-id" or "diff-ids" or "layer-cut", $"{inspection.ExitCode} {inspection.Output}{inspection.Error}");
    }

    [Fact]
    public async Task An_index_that_lists_an_image_a_thousand_times_is_listed_in_part()
    {
        var layout = new LayoutFolder(_folder, "layout");
        layout.AddLayer(LayoutFolder.Entry("app", "1"));
        for (var i = 0; i < 999; i++) layout.Layers.Add(layout.Layers[0]);
        layout.Write();
        var index = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(layout.Path, "index.json"), Cancelled))!;
        var image = index["manifests"]![0]!;
        var many = Encoding.UTF8.GetBytes(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(_ => image.DeepClone())]) }.ToJsonString());
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(many));
        await File.WriteAllBytesAsync(layout.BlobPath(digest), many, Cancelled);
        await File.WriteAllTextAsync(Path.Combine(layout.Path, "index.json"), $$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"{{digest}}","size":{{many.Length}}}]}""", Cancelled);
        var run = (await RunAsync(["inspect", "oci:" + layout.Path, "--json"])).EnsureSuccess();
        Assert.Contains("not listed: there are more than 100000 layers", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index.json", "is not an image index")]
    [InlineData("blob", "ended after 0 of")]
    public async Task A_pipe_in_a_layout_is_not_waited_for(string place, string message)
    {
        var layout = new LayoutFolder(_folder, "layout");
        layout.AddLayer(LayoutFolder.Entry("app", "1"));
        layout.Write();
        var path = place == "blob" ? layout.BlobPath(layout.Layers[0].Descriptor["digest"]!.GetValue<string>()) : Path.Combine(layout.Path, place);
        File.Delete(path);
        (await ProcessRun.RunAsync("mkfifo", [path], cancellationToken: Cancelled)).EnsureSuccess();
        WriteDestination();
        await FailsAsync(7, place == "blob" ? "DRIFT4001" : "DRIFT4002", message, "flatten", "oci:" + layout.Path, "-o", $"oci:{Destination}:v2");
    }

    [Fact]
    public async Task A_pipe_is_no_archive_and_no_list_of_patterns()
    {
        WriteDestination();
        var pipe = _folder.Combine("pipe");
        (await ProcessRun.RunAsync("mkfifo", [pipe], cancellationToken: Cancelled)).EnsureSuccess();
        await FailsAsync(3, "DRIFT1009", "is not a file but a folder, a pipe or a device", "append", "scratch", "--layer", pipe, "-o", $"oci:{Destination}:v2");
        Directory.CreateDirectory(_folder.Combine("files"));
        File.Move(pipe, _folder.Combine("files", ".dockerignore"));
        await FailsAsync(3, "DRIFT1009", "is not a file but a folder, a pipe or a device", "append", "scratch", "--layer", $"{_folder.Combine("files")}:/x", "-o", $"oci:{Destination}:v2");
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("docker-archive")]
    public async Task A_compressed_archive_that_unpacks_to_more_than_the_disk_has_is_refused(string transport)
    {
        Need.That(Environment.UserName == "root", "mounting a small file system needs root");
        WriteDestination();
        var archive = _folder.Combine("bomb.tar.gz");
        var name = transport == "oci-archive" ? $"blobs/sha256/{Zeros}" : "layer.tar";
        await using (var gzip = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
        {
            await using var writer = new System.Formats.Tar.TarWriter(gzip);
            await writer.WriteEntryAsync(LayoutFolder.Entry(name, bytes: new byte[8 * 1024 * 1024]), Cancelled);
        }
        var temporary = Directory.CreateDirectory(_folder.Combine("tmp")).FullName;
        (await ProcessRun.RunAsync("mount", ["-t", "tmpfs", "-o", "size=4m", "none", temporary], cancellationToken: Cancelled)).EnsureSuccess();
        try
        {
            await FailsAsync(3, "DRIFT5004", "unpacks to 8388608 bytes or more", "flatten", $"{transport}:{archive}", "-o", $"oci:{Destination}:v2");
        }
        finally
        {
            await Mounts.DetachBelowAsync(temporary);
        }
    }

    private string WriteLayout(string fault)
    {
        var layout = new LayoutFolder(_folder, "layout");
        layout.AddLayer(LayoutFolder.Entry("app", "1"), LayoutFolder.Entry("etc/config", new string('x', 5000)));
        if (fault == "diff-id") layout.Layers[0] = (layout.Layers[0].Descriptor, "sha256:" + Zeros);
        if (fault == "diff-ids") layout.Layers.Add(layout.Layers[0]);
        layout.Write();
        var indexPath = Path.Combine(layout.Path, "index.json");
        var index = JsonNode.Parse(File.ReadAllText(indexPath))!;
        var descriptor = index["manifests"]![0]!;
        var manifestPath = layout.BlobPath(descriptor["digest"]!.GetValue<string>());
        var manifest = File.ReadAllText(manifestPath);
        var layer = layout.BlobPath(layout.Layers[0].Descriptor["digest"]!.GetValue<string>());
        switch (fault)
        {
            case "digest": File.WriteAllText(manifestPath, manifest.Replace("\"schemaVersion\":2", "\"schemaVersion\":3", StringComparison.Ordinal)); break;
            case "size": File.WriteAllText(manifestPath, manifest + " "); break;
            case "negative-size": Store(manifest.Replace("\"size\":", "\"size\":-", StringComparison.Ordinal)); break;
            case "huge-size": Store(manifest.Replace("\"size\":", "\"size\":9223372036854", StringComparison.Ordinal)); break;
            case "algorithm": Store(manifest.Replace("sha256:", "md5:", StringComparison.Ordinal)); break;
            case "nesting": Store(manifest[..^1] + ",\"x\":" + new string('[', 1000) + new string(']', 1000) + "}"); break;
            case "large": Store(manifest + new string(' ', 4 * 1024 * 1024)); break;
            case "missing": File.Delete(manifestPath); break;
            case "not-utf8": Store(manifest[..^1] + ",\"x\":\"\u00ff\"}", Encoding.Latin1); break;
            case "not-json": Store("<html>"); break;
            case "cut": File.WriteAllText(manifestPath, manifest[..100]); break;
            case "diff-ids":
                var whole = JsonNode.Parse(manifest)!;
                whole["layers"]!.AsArray().RemoveAt(1);
                Store(whole.ToJsonString());
                break;
            case "layer-cut": File.WriteAllBytes(layer, File.ReadAllBytes(layer)[..50]); break;
        }
        return layout.Path;

        void Store(string content, Encoding? encoding = null)
        {
            var bytes = (encoding ?? Encoding.UTF8).GetBytes(content);
            descriptor["digest"] = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
            descriptor["size"] = bytes.Length;
            File.WriteAllBytes(layout.BlobPath(descriptor["digest"]!.GetValue<string>()), bytes);
            File.WriteAllText(indexPath, index.ToJsonString());
        }
    }

    /// <summary>A layout with an image of its own, which a failure must leave as it is.</summary>
    private void WriteDestination()
    {
        var layout = new LayoutFolder(_folder, "destination");
        layout.AddLayer(LayoutFolder.Entry("old", "content"));
        layout.Write();
    }

    private async Task FailsAsync(int exitCode, string code, string message, params string[] command)
    {
        var before = Snapshot();
        var run = await RunAsync(command);
        Assert.True(exitCode == run.ExitCode, $"{run.ExitCode} {run.Error}");
        Assert.StartsWith($"error {code}: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Matches("\nhint: [A-Z].*\\.\n$", run.Error);
        Assert.Equal(before, Snapshot());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("tmp")));
    }

    private Task<ProcessRun> RunAsync(string[] command)
    {
        var temporary = Directory.CreateDirectory(_folder.Combine("tmp")).FullName;
        return DriftTool.RunAsync(command, Cancelled, new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = temporary, ["XDG_CACHE_HOME"] = _folder.Combine("cache") });
    }

    /// <summary>What the destination and the cache hold: blobs that are whole are no harm, everything else must be as it was.</summary>
    private IReadOnlyList<string> Snapshot() =>
    [
        .. new[] { Destination, _folder.Combine("cache") }.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(path => Path.GetFileName(path) != Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))))
            .Select(path => $"{path} {File.ReadAllText(path)}").Order(StringComparer.Ordinal),
    ];
}
