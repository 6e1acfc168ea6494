// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift resolve</c>: tags and folders become digests of a real registry, and files stay what they are.</summary>
public sealed class ResolveTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private DebianRegistry _registry = null!;
    private string _digest = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Site => $"{_registry.Host}/site";

    public async ValueTask InitializeAsync()
    {
        _registry = await DebianRegistry.StartAsync(Cancelled);
        _folder.Write("app/site/index.html", "<!doctype html><title>a</title>\n");
        _digest = (await DriftTool.JsonAsync(["build", _folder.Combine("app", "site"), "-o", $"{Site}:1"], Cancelled)).GetProperty("digest").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Files_are_written_in_place_with_all_that_is_in_them()
    {
        var text = $"# of the site\r\nspec:\r\n    containers: [{{image: '{Site}:1'}}]   # {Site}:1\r\n    initContainers:\r\n    - image: \"{Site}:1\"\r\n    - image: {Site}@{_digest}\r\n    - image: drift://site\r\n";
        var first = _folder.Write("app/k8s/a.yaml", text);
        var second = _folder.Write("app/k8s/deeper/b.yml", $"image: {Site}\n");
        _folder.Write("app/k8s/deeper/notes.txt", $"image: {Site}\n");
        _folder.Write("app/k8s/kustomization.yaml", "resources: [a.yaml]\n");
        (await DriftTool.RunAsync(["push", $"{Site}:1", $"{Site}:latest"], Cancelled)).EnsureSuccess();
        File.SetUnixFileMode(first, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Directory.CreateDirectory(_folder.Combine("app", ".git"));
        var report = await DriftTool.JsonAsync(["resolve", "-f", _folder.Combine("app", "k8s"), "--repository", $"{Site}:2", "--in-place"], Cancelled);
        var built = $"{Site}:2@{_digest}";
        Assert.Equal(text.Replace("drift://site", built, StringComparison.Ordinal).Replace($"{Site}:1'", $"{Site}:1@{_digest}'", StringComparison.Ordinal).Replace($"{Site}:1\"", $"{Site}:1@{_digest}\"", StringComparison.Ordinal), await File.ReadAllTextAsync(first, Cancelled));
        Assert.Equal($"image: {Site}@{_digest}\n", await File.ReadAllTextAsync(second, Cancelled));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(first));
        Assert.Equal(2, report.GetProperty("written").GetArrayLength());
        Assert.Equal(built, report.GetProperty("images").EnumerateArray().Single(image => image.GetProperty("image").GetString() == "drift://site").GetProperty("resolved").GetString());
        // Again, with nothing left to ask a registry for.
        await _registry.DisposeAsync();
        (await DriftTool.RunAsync(["resolve", "-f", _folder.Combine("app", "k8s"), "--in-place"], Cancelled)).EnsureSuccess();
    }

    [Fact]
    public async Task Several_files_become_documents_of_one()
    {
        var first = _folder.Write("a.yaml", $"image: {Site}:1");
        var second = _folder.Write("b.yaml", $"---\nimage: {Site}:1\n");
        var run = (await DriftTool.RunAsync(["resolve", "-f", first, "-f", second], Cancelled)).EnsureSuccess();
        Assert.Equal($"---\nimage: {Site}:1@{_digest}\n---\nimage: {Site}:1@{_digest}\n", run.Output);
        (await DriftTool.RunAsync(["resolve", "-f", first, "-f", second, "-o", _folder.Combine("c.yaml")], Cancelled)).EnsureSuccess();
        Assert.Equal(run.Output, await File.ReadAllTextAsync(_folder.Combine("c.yaml"), Cancelled));
        run = (await DriftTool.RunAsync(["resolve", "-f", "-"], Cancelled, input: $"image: {Site}:1 # as it is\n")).EnsureSuccess();
        Assert.Equal($"image: {Site}:1@{_digest} # as it is\n", run.Output);
    }

    [Fact]
    public async Task A_folder_gets_a_tag_of_its_own()
    {
        var file = _folder.Write("a.yaml", "image: drift://app/site\n");
        var run = (await DriftTool.RunAsync(["resolve", "-f", file, "--root", _folder.Path, "--repository", Site], Cancelled)).EnsureSuccess();
        var tag = $"deploy-{_digest["sha256:".Length..][..12]}";
        Assert.Equal($"image: {Site}:{tag}@{_digest}\n", run.Output);
        Assert.Equal(["1", tag], (await DriftTool.JsonAsync(["tags", Site], Cancelled)).GetProperty("tags").EnumerateArray().Select(item => item.GetString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("image: drift://../secrets\n", 3, "DRIFT1021", "drift://../secrets leads out of")]
    [InlineData("image: drift:///etc\n", 3, "DRIFT1021", "drift:///etc leads out of")]
    [InlineData("image: drift://nothing\n", 3, "DRIFT1002", "There is no folder")]
    [InlineData("a: b\nimage: Not/a:reference:at:all\n", 3, "DRIFT1021", "a.yaml:2:8: ")]
    [InlineData("a: b\nimage: SITE:none\n", 5, "DRIFT3003", "a.yaml:2:8: ")]
    [InlineData("a: b: c\n", 3, "DRIFT1021", "a.yaml:1:")]
    public async Task What_cannot_be_resolved_is_told_and_nothing_is_written(string text, int exitCode, string code, string says)
    {
        var content = text.Replace("SITE", Site, StringComparison.Ordinal);
        var file = _folder.Write("a.yaml", content);
        var run = await DriftTool.RunAsync(["resolve", "-f", "a.yaml", "--in-place", "--repository", Site], Cancelled, workingDirectory: _folder.Path);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith($"error {code}: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file, Cancelled));
    }

    [Fact]
    public async Task A_folder_without_a_repository_asks_for_one()
    {
        var file = _folder.Write("a.yaml", "image: drift://app/site\n");
        await DriftTool.AssertFailsAsync($"resolve -f {file} --root {_folder.Path}", 3, "DRIFT1008", Cancelled);
        await DriftTool.AssertFailsAsync($"resolve -f {_folder.Combine("app")}", 3, "DRIFT1002", Cancelled);
        await DriftTool.AssertFailsAsync("resolve", 2, "usage", Cancelled);
        await DriftTool.AssertFailsAsync($"resolve -f {file} -o x --in-place", 2, "usage", Cancelled);
        await DriftTool.AssertFailsAsync("deploy kubernetes", 2, "usage", Cancelled);
    }
}
