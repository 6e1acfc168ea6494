// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift prune</c>: what goes, what stays and why, in Drift's own registry, in Debian's docker-registry, and in a layout.</summary>
public sealed class PruneTests : IDisposable
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
    public async Task In_a_layout()
    {
        var layout = _folder.Combine("layout");
        await WorkAsync($"oci:{layout}");
        // What has no tag: an image whose tag moved, once its entry has none.
        await BuildAsync($"oci:{layout}", 50);
        var plan = await PruneAsync($"oci:{layout}", "--untagged", "--yes");
        Assert.Equal(1, plan.Count(item => item.Action == "delete" && item.Tag is null));
        await DriftAsync("validate", $"oci:{layout}:1.4");
        await DriftAsync("gc", layout, "--grace", "0s");
        await DriftAsync("validate", $"oci:{layout}:1.4");
    }

    [Fact]
    public async Task A_registry_that_does_not_delete_is_told()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, deletes: false);
        var repository = $"{registry.Host}/app";
        await BuildAsync(repository + ":v1", 1);
        var run = await DriftTool.RunAsync(["prune", repository, "--match", "*", "--yes"], Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("does not delete", run.Error, StringComparison.Ordinal);
        Assert.Contains("REGISTRY_STORAGE_DELETE_ENABLED", run.Error, StringComparison.Ordinal);
        await DriftAsync("validate", repository + ":v1");
        // Nor does a tag of its own move to nowhere.
        await DriftAsync("tag", repository + ":v1", "v2");
        Assert.Equal(3, (await DriftTool.RunAsync(["prune", repository, "--match", "v2", "--yes"], Cancelled)).ExitCode);
        await DriftAsync("validate", repository + ":v2");
    }

    [Theory]
    [InlineData("prune oci:DIR", 3, "DRIFT1008")]
    [InlineData("prune oci:DIR --keep -1", 3, "DRIFT1008")]
    [InlineData("prune oci:DIR:v1 --keep 1", 3, "DRIFT1007")]
    [InlineData("prune oci-archive:x.tar --keep 1", 3, "DRIFT1007")]
    [InlineData("prune oci:DIR --older-than soon", 2, "usage")]
    public Task Says_what_is_wrong(string command, int exitCode, string code) =>
        DriftTool.AssertFailsAsync(command.Replace("DIR", _folder.Path, StringComparison.Ordinal), exitCode, code, Cancelled);

    private async Task WorkAsync(string repository)
    {
        var isLayout = repository.StartsWith("oci:", StringComparison.Ordinal);
        await BuildAsync(repository + ":1.1", days: 400);
        await BuildAsync(repository + ":1.2", days: 300);
        await BuildAsync(repository + ":1.3", days: 200);
        await BuildAsync(repository + ":1.4", days: 1);
        await BuildAsync(repository + ":timeless", days: null);
        await DriftAsync("tag", repository + ":1.2", "stable");
        _folder.Write("sbom.json", "{}");
        var sbom = await PushAsync(repository, "sbom.json", "--artifact-type", "x/sbom", "--subject", repository + ":1.1");
        await PushAsync(repository + ":attested", "--artifact-type", "x/note", "--subject", repository + ":1.3");
        var (first, third) = (await DigestAsync(repository + ":1.1"), await DigestAsync(repository + ":1.3"));

        string[] rules = ["--match", "1.*", "--keep", "1", "--older-than", "100d"];
        var plan = await PruneAsync(repository, rules);
        Assert.Equal(("delete", "older than asked for"), Of(plan, "1.1"));
        Assert.Equal(("delete", "older than asked for; the image stays, another needs it"), Of(plan, "1.2"));
        // A tag that stays refers to it.
        Assert.Equal(("delete", "older than asked for; the image stays, another needs it"), Of(plan, "1.3"));
        Assert.Equal(("keep", "one of the 1 latest"), Of(plan, "1.4"));
        Assert.Equal(("keep", "does not match 1.*"), Of(plan, "stable"));
        if (!isLayout)
        {
            Assert.Equal("refers to " + first[7..19], plan.Single(item => item.Digest == sbom).Reason);
            Assert.Equal(2, plan.Count(item => item.Reason == "part of " + first[7..19]));
        }
        Assert.Equal(["1.1", "1.2", "1.3", "1.4", "attested", "stable", "timeless"], (await TagsAsync(repository)).Order(StringComparer.Ordinal));

        Assert.Equal(plan, await PruneAsync(repository, [.. rules, "--yes"]));
        Assert.Equal(["1.4", "attested", "stable", "timeless"], (await TagsAsync(repository)).Order(StringComparer.Ordinal));
        foreach (var tag in new[] { "1.4", "stable", "timeless" }) await DriftAsync("validate", $"{repository}:{tag}");
        if (!isLayout)
        {
            Assert.Equal(5, (await DriftTool.RunAsync(["inspect", $"{repository}@{first}"], Cancelled)).ExitCode);
            Assert.Equal(5, (await DriftTool.RunAsync(["inspect", $"{repository}@{sbom}"], Cancelled)).ExitCode);
            await DriftAsync("validate", $"{repository}@{third}");
        }
        // Nothing more goes by the same rules.
        Assert.DoesNotContain(await PruneAsync(repository, rules), item => item.Action == "delete");
        var old = await PruneAsync(repository, "--older-than", "100d");
        Assert.Equal("keep", Of(old, "timeless").Action);
        Assert.Contains("as reproducible builds do", Of(old, "timeless").Reason, StringComparison.Ordinal);
        Assert.Equal("delete", Of(old, "stable").Action);
    }

    private async Task BuildAsync(string destination, int? days)
    {
        _folder.Write("site/index.html", $"<p>{days}");
        var epoch = days is { } count ? TimeProvider.System.GetUtcNow().AddDays(-count).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : null;
        (await DriftTool.RunAsync(["build", _folder.Combine("site"), "-o", destination], Cancelled, new Dictionary<string, string?>(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = epoch })).EnsureSuccess();
    }

    private async Task<string> PushAsync(string destination, params string[] arguments) =>
        (await DriftTool.RunAsync(["artifact", "push", destination, .. arguments], Cancelled, workingDirectory: _folder.Path)).EnsureSuccess().Output.Split('\n')[1];

    private static async Task<string> DigestAsync(string image) => (await DriftTool.JsonAsync(["inspect", image], Cancelled)).GetProperty("root").GetProperty("digest").GetString()!;

    private static (string Action, string Reason) Of(IEnumerable<(string Action, string? Tag, string Digest, string Reason)> plan, string tag) => plan.Where(item => item.Tag == tag).Select(item => (item.Action, item.Reason)).Single();

    private static async Task<List<(string Action, string? Tag, string Digest, string Reason)>> PruneAsync(string repository, params string[] rules) =>
        [.. (await DriftTool.JsonAsync(["prune", repository, .. rules], Cancelled)).GetProperty("items").EnumerateArray().Select(item => (Text(item, "action")!, Text(item, "tag"), Text(item, "digest")!, Text(item, "reason")!))];

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<string[]> TagsAsync(string repository) =>
        [.. (await DriftTool.JsonAsync(["tags", repository], Cancelled)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).Where(tag => !tag.StartsWith("sha256-", StringComparison.Ordinal))];

    private static async Task DriftAsync(params string[] arguments) => (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();
}
