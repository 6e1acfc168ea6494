// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift sync</c>: what differs is copied, what does not costs next to nothing, and what fails stops nothing else.</summary>
public sealed class SyncTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Repositories_become_the_same()
    {
        await using var source = await DebianRegistry.StartAsync(Cancelled);
        await using var target = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        var (from, to) = ($"{source.Host}/app", target.Address + "/mirror/app");
        _folder.Write("site/index.html", "<p>1");
        _folder.Write("sbom.json", "{}");
        await DriftAsync("build", _folder.Combine("site"), "-o", from + ":1.0");
        await DriftAsync("tag", from + ":1.0", "1.1", "2.0-rc1", "2.0", "latest");
        var file = Sync($$"""
            sync:
              - source: {{from}}
                target: {{to}}
                tags: { versions: '>=1', deny: ['*-*'] }
                referrers: true
              - source: {{from}}:latest
                target: {{to}}-arm:newest
                platforms: [linux/arm64]
            """);
        Assert.Equal(7, (await DriftTool.RunAsync(["sync", file, "--check"], Cancelled)).ExitCode);
        Assert.Equal("0 unchanged, 4 copied, 0 different, 0 failed", await SyncAsync(file));
        Assert.Equal(["1.0", "1.1", "2.0"], await TagsAsync(to));
        await DriftAsync("validate", to + ":2.0");
        Assert.Equal("linux/arm64", (await DriftTool.JsonAsync(["inspect", to + "-arm:newest"], Cancelled)).GetProperty("root").GetProperty("platform").GetString());
        Assert.Equal("4 unchanged, 0 copied, 0 different, 0 failed", await SyncAsync(file));
        Assert.Equal(0, (await DriftTool.RunAsync(["sync", file, "--check"], Cancelled)).ExitCode);

        // A signature that comes later is copied, though the image stays.
        await DriftAsync("artifact", "push", from, "--artifact-type", "x/signature", "--subject", from + ":2.0");
        Assert.Equal(7, (await DriftTool.RunAsync(["sync", file, "--check"], Cancelled)).ExitCode);
        await SyncAsync(file);
        Assert.Equal(1, (await DriftTool.JsonAsync(["referrers", to + ":2.0"], Cancelled)).GetProperty("referrers").GetArrayLength());
        Assert.Equal("4 unchanged, 0 copied, 0 different, 0 failed", await SyncAsync(file));

        // A tag that moved moves.
        _folder.Write("site/index.html", "<p>2");
        await DriftAsync("build", _folder.Combine("site"), "-o", from + ":2.0");
        Assert.Equal("3 unchanged, 1 copied, 0 different, 0 failed", await SyncAsync(file));
    }

    [Fact]
    public async Task Layouts_too_and_platforms_by_twos()
    {
        _folder.Write("site/index.html", "<p>1");
        await DriftAsync("build", _folder.Combine("site"), "-o", $"oci:{_folder.Combine("from")}:v1");
        await DriftAsync("tag", $"oci:{_folder.Combine("from")}:v1", "v2", "v3");
        var file = Sync($$"""
            sync:
              - { source: 'oci:{{_folder.Combine("from")}}', target: 'oci:{{_folder.Combine("to")}}', tags: { newest: 2 }, platforms: [linux/amd64, linux/arm64] }
            """);
        Assert.Equal("0 unchanged, 2 copied, 0 different, 0 failed", await SyncAsync(file));
        Assert.Equal("2 unchanged, 0 copied, 0 different, 0 failed", await SyncAsync(file));
        Assert.Equal(["v2", "v3"], await TagsAsync($"oci:{_folder.Combine("to")}"));
    }

    [Fact]
    public async Task Killed_half_way_it_goes_on_when_it_is_run_again()
    {
        await using var source = await DebianRegistry.StartAsync(Cancelled);
        await using var target = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        var digests = new List<string>();
        for (var version = 1; version <= 4; version++)
        {
            // Beyond what is sent without a question.
            File.WriteAllBytes(_folder.Write("site/large.bin", ""), RandomNumberGenerator.GetBytes(100_000));
            _folder.Write("site/index.html", "<p>hello");
            digests.Add((await DriftTool.JsonAsync(["build", _folder.Combine("site"), "-o", $"{source.Host}/app:v{version}"], Cancelled)).GetProperty("digest").GetString()!);
        }
        // All of the third one is there when its tag is about to be set.
        await using var relay = new StallingRelay(target.Address, $"PUT /v2/app/manifests/{digests[2]} ");
        var file = Sync($"""
            sync:
              - source: {source.Host}/app
                target: {relay.Host}/app
            """);
        await using (var killed = DriftTool.Start(["sync", file, "--jobs", "1"]))
        {
            await relay.Stalled.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
            Assert.Equal(137, await killed.StopAsync("KILL", Cancelled));
        }
        Assert.Equal(["v1", "v2"], await TagsAsync(relay.Host + "/app"));
        foreach (var tag in await TagsAsync(relay.Host + "/app")) await DriftAsync("validate", $"{relay.Host}/app:{tag}");

        var again = (await DriftTool.RunAsync(["sync", file, "--progress", "json"], Cancelled)).EnsureSuccess();
        Assert.EndsWith("2 unchanged, 2 copied, 0 different, 0 failed\n", again.Output, StringComparison.Ordinal);
        // Both layers of the third image, and none of the fourth.
        Assert.Equal(2, again.Error.Split('\n').Count(line => line.Contains("\"state\":\"present\"", StringComparison.Ordinal)));
        foreach (var (index, digest) in digests.Index()) Assert.Equal(digest, (await DriftTool.JsonAsync(["inspect", $"{relay.Host}/app:v{index + 1}"], Cancelled)).GetProperty("root").GetProperty("digest").GetString());
        foreach (var tag in await TagsAsync(relay.Host + "/app")) await DriftAsync("validate", $"{relay.Host}/app:{tag}");
    }

    [Fact]
    public async Task What_fails_stops_nothing_else()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        _folder.Write("site/index.html", "<p>1");
        await DriftAsync("build", _folder.Combine("site"), "-o", $"{registry.Host}/app:v1");
        var file = Sync($"""
            sync:
              - source: {registry.Host}/missing
                target: {registry.Host}/a
              - source: {registry.Host}/app:absent
                target: {registry.Host}/b
              - source: {registry.Host}/app:v1
                target: {registry.Host}/c
            """);
        var run = await DriftTool.RunAsync(["sync", file, "--json"], Cancelled);
        Assert.Equal(5, run.ExitCode);
        var report = JsonElement.Parse(run.Output);
        Assert.Equal((1, 2), (report.GetProperty("copied").GetInt32(), report.GetProperty("failed").GetInt32()));
        Assert.All(report.GetProperty("images").EnumerateArray().Where(image => image.GetProperty("state").GetString() == "failed"), image => Assert.NotEmpty(image.GetProperty("problem").GetProperty("hint").GetString()!));
        Assert.Equal(["v1"], await TagsAsync($"{registry.Host}/c"));
    }

    [Theory]
    [InlineData("sync:\n  - source: a/b\n    targett: c/d", ":3:5: 'targett' is not a key here.", "Did you mean target?")]
    [InlineData("sync:\n  - target: a/b", ":2:5: There is no source.", "")]
    [InlineData("sync:\n  - source: UPPER/case\n    target: c/d", ":2:13: 'UPPER/case' is not", "")]
    [InlineData("sync:\n  - source: a/b\n    target: c/d\n    tags: { versions: soon }", ":4:23: 'soon' is not a range of versions.", "")]
    [InlineData("sync:\n  - source: a/b\n    target: c/d\n    tags: { newest: 0 }", ":4:21: This should be a number", "")]
    [InlineData("sync: [\n", ":2:1: This is not YAML", "")]
    public async Task Mistakes_are_told_with_their_place(string yaml, string problem, string hint)
    {
        var file = Sync(yaml);
        var run = await DriftTool.RunAsync(["sync", file], Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith($"error DRIFT1012: {file}{problem}", run.Error, StringComparison.Ordinal);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_tag_for_many_tags_is_told_with_its_place()
    {
        var run = await DriftTool.RunAsync(["sync", Sync("sync:\n  - source: localhost:1/a\n    target: localhost:1/b:v1")], Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains(":2:5: The source has many tags", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_is_that_of_the_documentation()
    {
        var schema = (await DriftTool.RunAsync(["schema", "sync"], Cancelled)).EnsureSuccess().Output;
        Assert.Equal(await File.ReadAllTextAsync(ProjectRoot.Combine("docs", "drift-sync.schema.json"), Cancelled), schema);
    }

    private string Sync(string yaml) => _folder.Write("sync.yaml", yaml);

    private static async Task<string> SyncAsync(string file) => (await DriftTool.RunAsync(["sync", file], Cancelled)).EnsureSuccess().Output.TrimEnd().Split('\n')[^1];

    private static async Task<string[]> TagsAsync(string repository) =>
        [.. (await DriftTool.JsonAsync(["tags", repository], Cancelled)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).Where(tag => !tag.StartsWith("sha256-", StringComparison.Ordinal))];

    private static async Task DriftAsync(params string[] arguments) => (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();
}
