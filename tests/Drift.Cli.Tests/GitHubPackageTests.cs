// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>
/// <c>drift prune</c> of a container package at GitHub: its registry is docker-registry, which has no list of referrers, as ghcr.io has
/// none, and its API is scripted.
/// </summary>
public sealed class GitHubPackageTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private DebianRegistry _registry = null!;
    private ScriptedGitHub _gitHub = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Repository => $"{_registry.Host}/me/site";

    private IEnumerable<string> Remaining => _gitHub.Versions.Select(version => _names[(string)version["name"]!]).Order(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        _registry = await DebianRegistry.StartAsync(Cancelled);
        _gitHub = await ScriptedGitHub.StartAsync();
        foreach (var (tag, days) in new[] { ("v1.0.0", 400), ("v1.1.0", 300), ("v1.2.0", 200), ("v1.3.0", 1) })
        {
            await BuildAsync(tag);
            await AddAsync(tag, days, tag == "v1.3.0" ? [tag, "latest"] : [tag]);
        }
        // What a tag has moved away from, long ago and just now.
        foreach (var (name, days) in new[] { ("old", 200), ("young", 0) })
        {
            await BuildAsync(name);
            await AddAsync(name, days, []);
        }
        foreach (var tag in new[] { "v1.0.0", "v1.3.0" })
        {
            _folder.Write("sbom.json", $"\"{tag}\"");
            var run = await DriftTool.RunAsync(["artifact", "push", Repository, "sbom.json", "--artifact-type", "x/sbom", "--subject", $"{Repository}:{tag}"], Cancelled, workingDirectory: _folder.Path);
            Add($"sbom of {tag}", run.EnsureSuccess().Output.Split('\n')[1], 200, []);
            var list = $"sha256-{(await RootAsync(tag)).GetProperty("digest").GetString()!["sha256:".Length..]}";
            Add($"list of {tag}", (await RootAsync(list)).GetProperty("digest").GetString()!, 200, [list]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _gitHub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_a_kept_tag_needs_stays_and_all_of_the_rest_goes()
    {
        var all = Remaining.ToArray();
        var deployed = (await RootAsync("v1.1.0")).GetProperty("manifests")[0].GetProperty("digest").GetString()!;
        string[] rules = ["--keep", "1", "--older-than", "100d", "--untagged", "--protect", deployed];
        var plan = await PruneAsync(rules);
        Assert.Contains("would delete", plan, StringComparison.Ordinal);
        Assert.Equal(all, Remaining);

        Assert.Contains("30 days", await PruneAsync([.. rules, "--yes"]), StringComparison.Ordinal);
        Assert.Equal(["list of v1.3.0", "sbom of v1.3.0", "v1.1.0", "v1.1.0 amd64", "v1.1.0 arm64", "v1.3.0", "v1.3.0 amd64", "v1.3.0 arm64", "young", "young amd64", "young arm64"], Remaining);
        Assert.Contains("deleted 0 tags and 0 manifests", await PruneAsync([.. rules, "--yes"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_untagged_only_tags_go_with_what_belongs_to_them()
    {
        await PruneAsync(["--match", "v1.0.*", "--yes"]);
        Assert.DoesNotContain(Remaining, name => name.Contains("v1.0.0", StringComparison.Ordinal));
        Assert.Contains("old amd64", Remaining);
        Assert.Contains("v1.1.0 arm64", Remaining);
    }

    [Fact]
    public async Task A_cut_leaves_no_index_without_its_parts()
    {
        _gitHub.Fail("DELETE /users/me/packages/container/site/versions/", ScriptedFault.LosesAnswer);
        var third = _gitHub.Versions.Count;
        await PruneAsync(["--match", "v1.0.*", "--yes"]);
        // The first was deleted although its answer was lost; asked for again, it was not there.
        Assert.Equal(third - 5, _gitHub.Versions.Count);
    }

    [Fact]
    public async Task A_token_is_needed()
    {
        var environment = _gitHub.Environment;
        environment["GITHUB_TOKEN"] = "";
        var run = await DriftTool.RunAsync(["prune", Repository, "--github-package", "me/site", "--keep", "1"], Cancelled, environment);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("GITHUB_TOKEN", run.Error, StringComparison.Ordinal);
    }

    private async Task BuildAsync(string tag)
    {
        _folder.Write("site/index.html", $"<p>{tag}");
        (await DriftTool.RunAsync(["build", _folder.Combine("site"), "-o", $"{Repository}:{tag}"], Cancelled)).EnsureSuccess();
    }

    private async Task AddAsync(string tag, int days, string[] tags)
    {
        var root = await RootAsync(tag);
        Add(tag, root.GetProperty("digest").GetString()!, days, tags);
        foreach (var part in root.GetProperty("manifests").EnumerateArray()) Add($"{tag} {part.GetProperty("platform").GetString()!.Split('/')[1]}", part.GetProperty("digest").GetString()!, days, []);
    }

    private void Add(string name, string digest, int days, string[] tags)
    {
        _names[digest] = name;
        _gitHub.Versions.Insert(0, new JsonObject
        {
            ["id"] = 1000 + _names.Count,
            ["name"] = digest,
            ["created_at"] = TimeProvider.System.GetUtcNow().AddDays(-days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["metadata"] = new JsonObject { ["package_type"] = "container", ["container"] = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]) } },
        });
    }

    private async Task<JsonElement> RootAsync(string tag) => (await DriftTool.JsonAsync(["inspect", $"{Repository}:{tag}"], Cancelled)).GetProperty("root");

    private async Task<string> PruneAsync(string[] rules) =>
        (await DriftTool.RunAsync(["prune", Repository, "--github-package", "me/site", .. rules], Cancelled, _gitHub.Environment)).EnsureSuccess().Output;
}
