// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift release</c>, with a real registry and a scripted GitHub: what users get, and that a cut anywhere leaves nothing half-released.</summary>
public sealed class ReleaseTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private DriftProcess _registry = null!;
    private ScriptedGitHub _gitHub = null!;
    private SourceFolder _source = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Repository => _registry.Address + "/me/site";

    public async ValueTask InitializeAsync()
    {
        _registry = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        _gitHub = await ScriptedGitHub.StartAsync();
        _source = await SourceFolder.CreateAsync(_folder, "1.0.0");
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _gitHub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_version_is_an_image_with_its_tags_and_a_release_with_its_programs()
    {
        var run = (await ReleaseAsync("v1.0.0")).EnsureSuccess();
        Assert.Contains("https://github.com/me/site/releases/tag/v1.0.0", run.Output, StringComparison.Ordinal);
        Assert.Equal(["1.0", "latest", "v1.0.0"], await TagsAsync());
        Assert.Single(await DigestsAsync("v1.0.0", "1.0", "latest"));

        var release = Assert.Single(_gitHub.Releases);
        Assert.Equal(("v1.0.0", false, false, "true"), ((string)release["tag_name"]!, (bool)release["draft"]!, (bool)release["prerelease"]!, (string)release["make_latest"]!));
        Assert.Equal("### Added\n\n- What 1.0.0 has.", (string)release["body"]!);
        Assert.Equal(await _source.GitAsync("rev-parse", "HEAD"), _gitHub.Tags["v1.0.0"]);
        Assert.Equal(["SHA256SUMS", "site-linux-amd64", "site-linux-arm64"], Assets(release).Keys.Order(StringComparer.Ordinal));
        Assert.All(["site-linux-amd64", "site-linux-arm64"], name => Assert.Equal("\u007fELF", Encoding.Latin1.GetString(Assets(release)[name], 0, 4)));
        // The program answers as the image does, and the sums are those that users check.
        var download = Directory.CreateDirectory(_folder.Combine("download")).FullName;
        foreach (var (name, content) in Assets(release)) await File.WriteAllBytesAsync(Path.Combine(download, name), content, Cancelled);
        (await ProcessRun.RunAsync("sha256sum", ["--check", "--strict", "SHA256SUMS"], workingDirectory: download, cancellationToken: Cancelled)).EnsureSuccess();

        // Once more: nothing is left to do.
        var changes = _gitHub.Changes.Count;
        (await ReleaseAsync("1.0.0")).EnsureSuccess();
        Assert.Equal(changes, _gitHub.Changes.Count);
    }

    [Fact]
    public async Task Tags_move_forward_alone_and_go_back_by_hand()
    {
        (await ReleaseAsync("1.0.0")).EnsureSuccess();
        await _source.CommitAsync("1.1.0-rc.1");
        (await ReleaseAsync("1.1.0-rc.1")).EnsureSuccess();
        Assert.True((bool)_gitHub.Releases[1]["prerelease"]!);
        Assert.Single(await DigestsAsync("v1.0.0", "1.0", "latest"));
        await _source.CommitAsync("1.1.0");
        (await ReleaseAsync("1.1.0")).EnsureSuccess();
        await _source.CommitAsync("1.0.1");
        (await ReleaseAsync("1.0.1")).EnsureSuccess();
        Assert.Equal("false", (string)_gitHub.Releases[3]["make_latest"]!);
        Assert.Equal(["1.0", "1.1", "latest", "v1.0.0", "v1.0.1", "v1.1.0", "v1.1.0-rc.1"], await TagsAsync());
        Assert.Single(await DigestsAsync("v1.1.0", "1.1", "latest"));
        Assert.Single(await DigestsAsync("v1.0.1", "1.0"));

        // The way back that docs/releases.md shows.
        (await DriftTool.RunAsync(["tag", $"{Repository}:v1.0.1", "latest"], Cancelled)).EnsureSuccess();
        Assert.Single(await DigestsAsync("v1.0.1", "latest"));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        var run = (await ReleaseAsync("1.0.0", ["--dry-run"])).EnsureSuccess();
        Assert.Contains("Nothing was changed", run.Output, StringComparison.Ordinal);
        Assert.Contains("tags: v1.0.0, 1.0, latest", run.Output, StringComparison.Ordinal);
        Assert.Contains("- What 1.0.0 has.", run.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.Combine("release/site-linux-arm64")));
        Assert.Empty(_gitHub.Changes);
        Assert.Equal(5, (await DriftTool.RunAsync(["tags", Repository], Cancelled)).ExitCode);
    }

    [Theory]
    [InlineData("POST /repos/me/site/releases", ScriptedFault.LosesAnswer, 1)]
    [InlineData("POST /repos/me/site/releases", ScriptedFault.Unavailable, 9)]
    [InlineData("PATCH /repos/me/site/releases/", ScriptedFault.LosesAnswer, 1)]
    [InlineData("PATCH /repos/me/site/releases/", ScriptedFault.Unavailable, 2)]
    [InlineData("GET /repos/me/site/releases", ScriptedFault.Unavailable, 2)]
    [InlineData("POST /uploads/101/assets?name=site-linux-amd64", ScriptedFault.CutsUpload, 9)]
    [InlineData("POST /uploads/101/assets?name=site-linux-arm64", ScriptedFault.CutsUpload, 1)]
    [InlineData("POST /uploads/101/assets?name=SHA256SUMS", ScriptedFault.CutsUpload, 2)]
    [InlineData("POST /uploads/101/assets?name=site-linux-amd64", ScriptedFault.LosesAnswer, 1)]
    [InlineData("POST /uploads/101/assets?name=site-linux-arm64", ScriptedFault.Unavailable, 9)]
    [InlineData("POST /uploads/101/assets?name=SHA256SUMS", ScriptedFault.LosesAnswer, 1)]
    public async Task A_cut_is_mended_at_once_and_one_that_stays_by_the_next_run(string request, ScriptedFault fault, int times)
    {
        _gitHub.Fail(request, fault, times);
        var run = await ReleaseAsync("1.0.0");
        Assert.Equal(times < 9, run.ExitCode == 0);
        if (run.ExitCode != 0)
        {
            Assert.Equal(6, run.ExitCode);
            Assert.Contains("goes on where it stopped", run.Error, StringComparison.Ordinal);
            // Nobody is led to what is not whole.
            Assert.DoesNotContain("latest", await TagsOrNoneAsync());
            _gitHub.Recover();
            _gitHub.Fail(request, fault);
            (await ReleaseAsync("1.0.0")).EnsureSuccess();
        }
        var release = Assert.Single(_gitHub.Releases);
        Assert.False((bool)release["draft"]!);
        Assert.Equal(["SHA256SUMS", "site-linux-amd64", "site-linux-arm64"], Assets(release).Keys.Order(StringComparer.Ordinal));
        foreach (var (name, content) in Assets(release)) Assert.Equal(await File.ReadAllBytesAsync(_folder.Combine("release", name), Cancelled), content);
        Assert.Equal(["1.0", "latest", "v1.0.0"], await TagsAsync());
    }

    [Fact]
    public async Task What_was_released_does_not_change()
    {
        (await ReleaseAsync("1.0.0")).EnsureSuccess();
        await File.AppendAllTextAsync(_source.Page, "More.", Cancelled);
        await AssertRefusedAsync("1.0.0", 3, "has changes that no commit holds", "git stash");
        await _source.GitAsync("commit", "--quiet", "--all", "--message", "more");
        await AssertRefusedAsync("1.0.0", 3, "names the commit", "take the next version");
        _gitHub.Tags.Clear();
        await AssertRefusedAsync("1.0.0", 7, "and this commit builds", "Take the next version");
    }

    [Fact]
    public async Task What_is_missing_is_told_before_anything_is_pushed()
    {
        await AssertRefusedAsync("1.0", 3, "'1.0' is not a version", "three numbers");
        await AssertRefusedAsync("1.0.0+5", 3, "is not a version", "Leave out what follows the +");
        await AssertRefusedAsync("2.0.0", 3, "has no entry for 2.0.0", "## [2.0.0] - ");
        await File.WriteAllTextAsync(Path.Combine(_source.Path, "public", "new.html"), "", Cancelled);
        await AssertRefusedAsync("1.0.0", 3, "has changes that no commit holds", "git stash");
        File.Delete(Path.Combine(_source.Path, "public", "new.html"));
        await AssertRefusedAsync("1.0.0", 4, "needs a token", "GITHUB_TOKEN", ("GITHUB_TOKEN", ""));
        await AssertRefusedAsync("1.0.0", 4, "Bad credentials", "GITHUB_TOKEN", ("GITHUB_TOKEN", "another"));
        await AssertRefusedAsync("1.0.0", 3, "is no safe address for a token", "https", ("GITHUB_API_URL", "http://192.0.2.1/"));
        Assert.Empty(_gitHub.Changes);
        Assert.Equal(5, (await DriftTool.RunAsync(["tags", Repository], Cancelled)).ExitCode);
    }

    [Fact]
    public async Task Jujutsu_without_a_worktree_of_Git_serves_as_well()
    {
        // The program is not in Debian: a script that answers as jj's manual says, of a repository whose working copy is empty.
        var commit = await _source.GitAsync("rev-parse", "HEAD");
        Directory.Move(Path.Combine(_source.Path, ".git"), _folder.Combine("away"));
        Directory.CreateDirectory(Path.Combine(_source.Path, ".jj"));
        var program = _folder.Write("bin/jj", $"""
            #!/bin/sh
            case "$*" in
              *" root") echo "{_source.Path}" ;;
              *"--revisions @ "*) printf '%s\n' 1111111111111111111111111111111111111111 empty {commit} ;;
              *"git remote list") echo "origin https://github.com/me/site" ;;
              *) ;;
            esac
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await ReleaseAsync("1.0.0", [], ("PATH", $"{Path.GetDirectoryName(program)}:{Environment.GetEnvironmentVariable("PATH")}"))).EnsureSuccess();
        Assert.Equal(commit, _gitHub.Tags["v1.0.0"]);
    }

    private async Task AssertRefusedAsync(string version, int exitCode, string message, string hint, params (string Name, string Value)[] environment)
    {
        var run = await ReleaseAsync(version, [], environment);
        Assert.Equal(exitCode, run.ExitCode);
        var lines = run.Error.Split('\n');
        Assert.Contains(message, Assert.Single(lines, line => line.StartsWith("error ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(hint, Assert.Single(lines, line => line.StartsWith("hint: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private Task<ProcessRun> ReleaseAsync(string version, string[]? options = null, params (string Name, string Value)[] environment)
    {
        var variables = _gitHub.Environment;
        foreach (var (name, value) in environment) variables[name] = value;
        return DriftTool.RunAsync(["release", version, Path.Combine(_source.Path, "public"), "--repository", Repository, "--output", _folder.Combine("release"), .. options ?? []], Cancelled, variables);
    }

    private async Task<string[]> TagsAsync() =>
        [.. (await DriftTool.JsonAsync(["tags", Repository], Cancelled)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).Order(StringComparer.Ordinal)];

    private async Task<string[]> TagsOrNoneAsync() => (await DriftTool.RunAsync(["tags", Repository], Cancelled)).Output.Split('\n');

    private async Task<HashSet<string>> DigestsAsync(params string[] tags)
    {
        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags) digests.Add((await DriftTool.JsonAsync(["inspect", $"{Repository}:{tag}"], Cancelled)).GetProperty("root").GetProperty("digest").GetString()!);
        return digests;
    }

    private Dictionary<string, byte[]> Assets(JsonObject release) =>
        release["assets"]!.AsArray().ToDictionary(asset => (string)asset!["name"]!, asset => _gitHub.Contents[(int)asset!["id"]!], StringComparer.Ordinal);
}
