// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift artifact push</c> and <c>pull</c>, <c>drift referrers</c>, and <c>drift copy --referrers</c>.</summary>
public sealed class ArtifactTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_the_embedded_registry()
    {
        await using var registry = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        await WorkAsync(registry.Address + "/team/app");
    }

    [Fact]
    public async Task In_docker_registry()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        await WorkAsync($"{registry.Host}/team/app");
    }

    [Fact]
    public Task In_a_layout() => WorkAsync($"oci:{_folder.Combine("layout")}");

    [Fact]
    public async Task An_archive_has_the_referrers_of_its_image()
    {
        _folder.Write("site/index.html", "<p>hello");
        _folder.Write("sbom.json", "{}");
        var layout = $"oci:{_folder.Combine("layout")}";
        await DriftAsync("build", _folder.Combine("site"), "-o", layout + ":v1");
        var sbom = await PushAsync(layout, "sbom.json:application/json", "--artifact-type", "x/sbom", "--subject", layout + ":v1");
        await DriftAsync("copy", layout + ":v1", $"oci-archive:{_folder.Combine("image.tar")}", "--referrers");
        // The lists of what refers to an image are no images to choose from.
        Assert.Equal([sbom], await ReferrersAsync($"oci-archive:{_folder.Combine("image.tar")}"));
        await DriftAsync("copy", $"oci-archive:{_folder.Combine("image.tar")}", $"oci:{_folder.Combine("back")}:v1", "--referrers");
        Assert.Equal([sbom], await ReferrersAsync($"oci:{_folder.Combine("back")}:v1"));
        await DriftAsync("copy", layout + ":v1", $"oci:{_folder.Combine("without")}:v1");
        Assert.Empty(await ReferrersAsync($"oci:{_folder.Combine("without")}:v1"));
        await DriftAsync("gc", _folder.Combine("layout"), "--grace", "0s");
        Assert.Equal([sbom], await ReferrersAsync(layout + ":v1"));
        // With the image goes what is about it.
        await DriftAsync("delete", layout + ":v1");
        await DriftAsync("gc", _folder.Combine("layout"), "--grace", "0s");
        Assert.Empty(Directory.EnumerateFiles(_folder.Combine("layout", "blobs"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_same_files_give_the_manifest_that_the_specification_asks_for()
    {
        _folder.Write("notes.txt", "hello");
        var layout = _folder.Combine("layout");
        var digest = await PushAsync($"oci:{layout}:v1", "notes.txt:text/plain", "--annotation", "b=2", "--annotation", "a=1");
        Assert.Equal(digest, await PushAsync($"oci:{layout}:v2", "notes.txt:text/plain", "--annotation", "a=1", "--annotation", "b=2"));
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "blobs", "sha256", digest["sha256:".Length..]), Cancelled))!;
        Assert.True(JsonNode.DeepEquals(manifest, JsonNode.Parse("""
            {
              "schemaVersion": 2,
              "mediaType": "application/vnd.oci.image.manifest.v1+json",
              "artifactType": "application/vnd.unknown.artifact.v1",
              "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "size": 2 },
              "layers": [{
                "mediaType": "text/plain", "digest": "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "size": 5,
                "annotations": { "org.opencontainers.image.title": "notes.txt" }
              }],
              "annotations": { "a": "1", "b": "2" }
            }
            """)), manifest.ToJsonString());
    }

    [Fact]
    public async Task A_folder_is_a_tar_that_begins_with_the_folder_itself()
    {
        _folder.Write("a/b/file", "hello");
        var layout = _folder.Combine("layout");
        var digest = await PushAsync($"oci:{layout}", "a/b");
        var folder = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "blobs", "sha256", digest["sha256:".Length..]), Cancelled))!["layers"]![0]!;
        Assert.Equal(("a/b", "true", "application/vnd.oci.image.layer.v1.tar+gzip"), ((string?)folder["annotations"]!["org.opencontainers.image.title"], (string?)folder["annotations"]!["io.deis.oras.content.unpack"], (string?)folder["mediaType"]));
        var blob = Path.Combine(layout, "blobs", "sha256", ((string)folder["digest"]!)["sha256:".Length..]);
        // ORAS takes no entry above the folder, and compares the digest of the tar.
        Assert.Equal("a/b/\na/b/file\n", (await ProcessRun.RunAsync(Need.Program("tar"), ["-tzf", blob], cancellationToken: Cancelled)).EnsureSuccess().Output);
        var hash = (await ProcessRun.RunAsync("/bin/sh", ["-c", $"gzip -dc {blob} | sha256sum"], cancellationToken: Cancelled)).EnsureSuccess().Output[..64];
        Assert.Equal("sha256:" + hash, (string?)folder["annotations"]!["io.deis.oras.content.digest"]);
    }

    [Theory]
    [InlineData("/etc/absolute")]
    [InlineData("../above")]
    [InlineData("a/../../above")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("line\nbreak")]
    public async Task A_title_never_leads_out(string title)
    {
        var layout = new HostileArtifact(_folder.Combine("layout"));
        layout.AddFile("good", "good");
        layout.AddFile(title, "bad");
        layout.Write();
        var run = await PullAsync(layout, "into");
        Assert.Equal(7, run.ExitCode);
        Assert.Contains("hostile", run.Error, StringComparison.Ordinal);
        // Nothing half-done is left, not even what was right.
        Assert.Equal(["layout"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("a path outside", "other/file", null)]
    [InlineData("a path above", "data/../../file", null)]
    [InlineData("an absolute path", "/etc/file", null)]
    [InlineData("an absolute link", "data/link", "/etc")]
    [InlineData("a link above", "data/link", "../other")]
    [InlineData("a link that goes down and up", "data/link", "x/../../../etc")]
    public async Task A_folder_never_leads_out(string what, string path, string? link)
    {
        var layout = new HostileArtifact(_folder.Combine("layout"));
        layout.AddFolder("data", link is null ? LayoutFolder.Entry(path, "bad") : LayoutFolder.Entry(path, type: TarEntryType.SymbolicLink, link: link));
        layout.Write();
        var run = await PullAsync(layout, "into");
        Assert.True(run.ExitCode == 7 && run.Error.Contains("hostile", StringComparison.Ordinal), what + run.Error);
        Assert.Equal(["layout"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task No_file_is_written_through_a_link()
    {
        Directory.CreateDirectory(_folder.Combine("elsewhere"));
        var layout = new HostileArtifact(_folder.Combine("layout"));
        layout.AddFolder("data", LayoutFolder.Entry("data/link", type: TarEntryType.SymbolicLink, link: "target"), LayoutFolder.Entry("data/link/file", "bad"));
        layout.Write();
        Assert.Equal(7, (await PullAsync(layout, "into")).ExitCode);

        // Nor through one that is there already.
        var second = new HostileArtifact(_folder.Combine("second"));
        second.AddFile("link/file", "bad");
        second.AddFile("file", "good");
        second.Write();
        Directory.CreateDirectory(_folder.Combine("into"));
        Directory.CreateSymbolicLink(_folder.Combine("into", "link"), _folder.Combine("elsewhere"));
        File.CreateSymbolicLink(_folder.Combine("into", "file"), _folder.Combine("elsewhere", "file"));
        Assert.Equal(3, (await PullAsync(second, "into")).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("elsewhere")));
        Directory.Delete(_folder.Combine("into", "link"));
        Assert.Equal(0, (await PullAsync(second, "into")).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("elsewhere")));
        Assert.Equal("good", await File.ReadAllTextAsync(_folder.Combine("into", "file"), Cancelled));
    }

    [Fact]
    public async Task A_tar_other_than_the_artifact_says_is_an_error()
    {
        var layout = new HostileArtifact(_folder.Combine("layout"));
        layout.AddFolder("data", LayoutFolder.Entry("data/file", "x"));
        layout.Layers[0]["annotations"]!["io.deis.oras.content.digest"] = "sha256:" + new string('0', 64);
        layout.Write();
        var run = await PullAsync(layout, "into");
        Assert.Equal(7, run.ExitCode);
        Assert.Contains("does not have the digest", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("artifact push oci:DIR/x", 3, "DRIFT1008")]
    [InlineData("artifact push oci:DIR/x missing", 3, "DRIFT1002")]
    [InlineData("artifact push oci:DIR/x ../above", 3, "DRIFT1007")]
    [InlineData("artifact push docker-archive:x.tar file", 3, "DRIFT1007")]
    [InlineData("artifact push oci:DIR/x --artifact-type a/b --annotation nothing", 3, "DRIFT1008")]
    [InlineData("artifact push localhost:5000/app --artifact-type a/b --subject localhost:5000/other:v1", 3, "DRIFT1007")]
    [InlineData("copy oci:DIR/x docker-archive:x.tar --referrers", 3, "DRIFT1007")]
    [InlineData("copy oci:DIR/x oci:DIR/y --referrers --format docker", 3, "DRIFT1007")]
    public Task Says_what_is_wrong(string command, int exitCode, string code) =>
        DriftTool.AssertFailsAsync(command.Replace("DIR", _folder.Path, StringComparison.Ordinal), exitCode, code, Cancelled);

    private async Task WorkAsync(string repository)
    {
        _folder.Write("site/index.html", "<p>hello");
        _folder.Write("sbom.json", """{"packages":[]}""");
        _folder.Write("docs/deep/read me.txt", "read me");
        _folder.Write("docs/run", "#!/bin/sh\n");
        File.SetUnixFileMode(_folder.Combine("docs", "run"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(_folder.Combine("docs", "link"), "deep/read me.txt");
        await DriftAsync("build", _folder.Combine("site"), "-o", repository + ":v1");

        var sbom = await PushAsync(repository, "sbom.json:application/json", "docs", "--artifact-type", "x/sbom", "--subject", repository + ":v1", "--annotation", "who=me");
        var other = await PushAsync(repository + ":notes", "sbom.json", "--artifact-type", "x/notes", "--subject", repository + ":v1");
        Assert.Equal(new[] { other, sbom }.Order(StringComparer.Ordinal), (await ReferrersAsync(repository + ":v1")).Order(StringComparer.Ordinal));
        Assert.Equal([sbom], await ReferrersAsync(repository + ":v1", "--artifact-type", "x/sbom"));

        // A signature of the artifact under its tag: a referrer of a referrer.
        var signature = await PushAsync(repository, "--artifact-type", "x/signature", "--subject", repository + ":notes");
        var tree = (await DriftTool.RunAsync(["referrers", repository + ":v1", "--tree"], Cancelled)).EnsureSuccess().Output;
        Assert.Matches($"x/notes  {other}[^\n]*\n(│| )  └─ x/signature  {signature}", tree);
        Assert.Empty(await ReferrersAsync(repository + ":v1", "--platform", "linux/arm64"));

        await DriftAsync("copy", repository + ":v1", $"oci:{_folder.Combine("copy")}:v1", "--referrers");
        Assert.Contains(signature, (await DriftTool.RunAsync(["referrers", $"oci:{_folder.Combine("copy")}:v1", "--tree"], Cancelled)).EnsureSuccess().Output, StringComparison.Ordinal);

        await DriftAsync("artifact", "pull", repository + ":notes", "-o", _folder.Combine("notes"));
        Assert.Equal("""{"packages":[]}""", await File.ReadAllTextAsync(_folder.Combine("notes", "sbom.json"), Cancelled));
        if (repository.StartsWith("oci:", StringComparison.Ordinal)) return;
        await DriftAsync("artifact", "pull", $"{repository}@{sbom}", "-o", _folder.Combine("sbom"));
        Assert.Equal("read me", await File.ReadAllTextAsync(_folder.Combine("sbom", "docs", "link"), Cancelled));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(_folder.Combine("sbom", "docs", "run")));
        // With a manifest that goes, so does its place in the list.
        await DriftAsync("delete", $"{repository}@{sbom}");
        Assert.Equal([other], await ReferrersAsync(repository + ":v1"));
    }

    private async Task<string> PushAsync(string destination, params string[] arguments)
    {
        var run = (await DriftTool.RunAsync(["artifact", "push", destination, .. arguments], Cancelled, workingDirectory: _folder.Path)).EnsureSuccess();
        return run.Output.Split('\n')[1];
    }

    private static Task<ProcessRun> PullAsync(HostileArtifact layout, string name) =>
        DriftTool.RunAsync(["artifact", "pull", $"oci:{layout.Path}", "-o", Path.Combine(Path.GetDirectoryName(layout.Path)!, name)], Cancelled);

    private static async Task<string[]> ReferrersAsync(params string[] arguments) =>
        [.. (await DriftTool.JsonAsync(["referrers", .. arguments], Cancelled)).GetProperty("referrers").EnumerateArray().Select(referrer => referrer.GetProperty("digest").GetString()!)];

    private static async Task DriftAsync(params string[] arguments) => (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();
}
