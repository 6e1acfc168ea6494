// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>Folders with a <c>drift.yaml</c>, built and run by the tool.</summary>
public sealed class ProjectTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Layout => "oci:" + _folder.Combine("layout");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_example_of_files_builds()
    {
        Need.That(File.Exists("/etc/ssl/certs/ca-certificates.crt"), "ca-certificates is not installed");
        await BuildAsync(ProjectRoot.Combine("examples", "files"));
        (await DriftTool.RunAsync(["validate", Layout], Cancelled)).EnsureSuccess();
        (await ProcessRun.RunAsync(Need.Program("skopeo"), ["--insecure-policy", "--override-arch", "arm64", "copy", Layout, $"oci:{_folder.Combine("one")}:v1"], cancellationToken: Cancelled)).EnsureSuccess();
        (await ProcessRun.RunAsync(Need.Program("umoci"), ["unpack", "--rootless", "--image", _folder.Combine("one") + ":v1", _folder.Combine("bundle")], cancellationToken: Cancelled)).EnsureSuccess();
        string Unpacked(string path) => _folder.Combine("bundle", "rootfs", path);
        Assert.Equal(["greeting.txt"], Directory.GetFiles(Unpacked("srv/content")).Select(Path.GetFileName));
        Assert.Equal(UnixFileMode.UserExecute, File.GetUnixFileMode(Unpacked("usr/bin/hello")) & UnixFileMode.UserExecute);
        Assert.Equal("hello", new FileInfo(Unpacked("usr/bin/greet")).LinkTarget);
        Assert.Contains("nonroot:x:65532:65532:", await File.ReadAllTextAsync(Unpacked("etc/passwd"), Cancelled), StringComparison.Ordinal);
        Assert.True(File.Exists(Unpacked("etc/ssl/certs/ca-certificates.crt")));
        var images = (await DriftTool.JsonAsync(["inspect", Layout], Cancelled)).GetProperty("root").GetProperty("manifests").EnumerateArray().ToArray();
        Assert.Equal(2, images.Length);
        Assert.Equal(images[0].GetProperty("layers").GetRawText(), images[1].GetProperty("layers").GetRawText());
    }

    [Fact]
    public async Task The_command_line_wins_over_the_file()
    {
        var project = WriteSite("platforms: [linux/arm64]\ncompression: none\nannotations: { note: hi }");
        await BuildAsync(project);
        Assert.Equal(["linux/arm64"], Platforms(await IndexAsync()));
        Assert.Equal("application/vnd.oci.image.layer.v1.tar", (await ManifestAsync()).GetProperty("layers")[0].GetProperty("mediaType").GetString());
        Assert.Equal("hi", (await ManifestAsync()).GetProperty("annotations").GetProperty("note").GetString());
        Assert.Equal("hi", (await IndexAsync()).GetProperty("annotations").GetProperty("note").GetString());

        await BuildAsync(project, "--platform", "linux/amd64", "--compression", "gzip");
        Assert.Equal(["linux/amd64"], Platforms(await IndexAsync()));
        Assert.Equal("application/vnd.oci.image.layer.v1.tar+gzip", (await ManifestAsync()).GetProperty("layers")[0].GetProperty("mediaType").GetString());

        _folder.Write("app/drift.yaml", "recipe: files\nbase: oci:nowhere\nlayers: [{ delete: [/old] }]");
        await BuildAsync(project, "--base", Layout);
        Assert.Equal(2, (await ManifestAsync()).GetProperty("layers").GetArrayLength());
        await BuildAsync(project, "--base", "scratch");
        Assert.Equal(1, (await ManifestAsync()).GetProperty("layers").GetArrayLength());
        // An archive of Docker's holds one platform, and the file names one.
        _folder.Write("app/drift.yaml", "source: public\nplatforms: [linux/arm64]");
        (await DriftTool.RunAsync(["build", project, "-o", $"docker-archive:{_folder.Combine("one.tar")}:one:1"], Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task A_base_is_found_beside_the_file_from_any_folder()
    {
        await BuildAsync(WriteSite("labels: { a: b }"));
        _folder.Write("other/drift.yaml", "base: oci:../layout\ncommand: [more]");
        (await DriftTool.RunAsync(["build", "-o", $"oci:{_folder.Combine("based")}", _folder.Combine("other")], Cancelled, workingDirectory: "/")).EnsureSuccess();
        var config = (await DriftTool.JsonAsync(["inspect", $"oci:{_folder.Combine("based")}", "--platform", "linux/arm64"], Cancelled)).GetProperty("root").GetProperty("config");
        Assert.Equal("b", config.GetProperty("labels").GetProperty("a").GetString());
        Assert.Equal("more", config.GetProperty("command")[0].GetString());
    }

    [Fact]
    public async Task Up_builds_a_project_and_runs_it()
    {
        var project = WriteSite("name: team/page\nlayers: [{ directories: [/data] }]\nenvironment: { A: b }");
        var report = await DriftTool.JsonAsync(["up", project, "--check", "--port", "0", "--runtime", "namespaces"], Cancelled);
        Assert.Matches(@"^localhost:\d+/team/page:latest$", report.GetProperty("reference").GetString()!);
    }

    [Fact]
    public async Task Git_annotates_a_folder_without_a_project_file_too()
    {
        var page = Path.GetDirectoryName(_folder.Write("app/public/index.html", "page"))!;
        var before = await BuildAsync(page);
        var none = await DriftTool.RunAsync(["build", page, "-o", Layout, "--git"], Cancelled);
        Assert.Equal(3, none.ExitCode);
        Assert.Contains("is in no Git repository", none.Error, StringComparison.Ordinal);
        foreach (var arguments in new string[][] { ["init", "--quiet"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "first"] })
        {
            (await ProcessRun.RunAsync(Need.Program("git"), ["-C", page, .. arguments], cancellationToken: Cancelled)).EnsureSuccess();
        }
        await BuildAsync(page, "--git");
        Assert.Matches("^[0-9a-f]{40}$", (await ManifestAsync()).GetProperty("annotations").GetProperty("org.opencontainers.image.revision").GetString()!);
        Assert.Matches("^[0-9a-f]{40}$", (await IndexAsync()).GetProperty("annotations").GetProperty("org.opencontainers.image.revision").GetString()!);
        Assert.Equal(before, await BuildAsync(page));
        var missing = await DriftTool.RunAsync(["build", page, "-o", Layout, "--git"], Cancelled, new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = Path.GetDirectoryName(Need.Program("dotnet")) });
        if (!File.Exists(Path.Combine(Path.GetDirectoryName(Need.Program("dotnet"))!, "git"))) Assert.Contains("git is not installed", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_is_bad_input_and_the_schema_is_printed()
    {
        _folder.Write("app/drift.yaml", "name: app\nentrypiont: [/a]\n");
        var run = await DriftTool.RunAsync(["build", "app", "-o", Layout], Cancelled, workingDirectory: _folder.Path);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("error DRIFT1012: app/drift.yaml:2:1: 'entrypiont' is not a key here.\nhint: Did you mean entrypoint?\n", run.Error);
        var schema = (await DriftTool.RunAsync(["schema"], Cancelled)).EnsureSuccess().Output;
        Assert.Equal("object", JsonElement.Parse(schema).GetProperty("type").GetString());
    }

    private string WriteSite(string yaml)
    {
        _folder.Write("app/public/index.html", "page");
        return Path.GetDirectoryName(_folder.Write("app/drift.yaml", "source: public\n" + yaml))!;
    }

    private async Task<string> BuildAsync(string directory, params string[] arguments) =>
        (await DriftTool.JsonAsync(["build", directory, "-o", Layout, .. arguments], Cancelled)).GetProperty("digest").GetString()!;

    private static IEnumerable<string> Platforms(JsonElement index) =>
        index.GetProperty("manifests").EnumerateArray().Select(image => $"{image.GetProperty("platform").GetProperty("os").GetString()}/{image.GetProperty("platform").GetProperty("architecture").GetString()}");

    /// <summary>The index that the layout's one tag means.</summary>
    private async Task<JsonElement> IndexAsync() => await BlobAsync(JsonElement.Parse(await File.ReadAllTextAsync(_folder.Combine("layout", "index.json"), Cancelled)));

    private async Task<JsonElement> ManifestAsync() => await BlobAsync(await IndexAsync());

    private async Task<JsonElement> BlobAsync(JsonElement index) =>
        JsonElement.Parse(await File.ReadAllTextAsync(_folder.Combine("layout", "blobs", "sha256", index.GetProperty("manifests")[0].GetProperty("digest").GetString()!["sha256:".Length..]), Cancelled));
}
