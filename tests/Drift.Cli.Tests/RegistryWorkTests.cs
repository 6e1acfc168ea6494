// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift copy</c>, <c>tags</c>, <c>tag</c> and <c>delete</c>, in Drift's own registry, in Debian's docker-registry, and in a layout.</summary>
public sealed class RegistryWorkTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task In_the_embedded_registry()
    {
        await using var registry = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        await WorkAsync(registry.Address + "/team/app:", registry.Address + "/team/app");
    }

    [Fact]
    public async Task In_docker_registry()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        await WorkAsync($"{registry.Host}/team/app:", $"{registry.Host}/team/app");
    }

    [Fact]
    public Task In_a_layout() => WorkAsync($"oci:{_folder.Combine("layout")}:", $"oci:{_folder.Combine("layout")}");

    [Theory]
    [InlineData("tags oci:DIR:v1", 3, "DRIFT1007")]
    [InlineData("tags localhost:5000/app:v1", 3, "DRIFT1007")]
    [InlineData("tags localhost:5000/app --last 0", 3, "DRIFT1008")]
    [InlineData("tag oci-archive:x.tar v1", 3, "DRIFT1007")]
    [InlineData("tag oci:DIR:v1", 2, "usage")]
    [InlineData("tag oci:DIR:v1 a/b", 3, "DRIFT1001")]
    [InlineData("delete docker-archive:x.tar", 3, "DRIFT1007")]
    [InlineData("copy oci:DIR:v1 oci:other --jobs 0", 3, "DRIFT1008")]
    public Task Says_what_is_wrong(string command, int exitCode, string code) =>
        DriftTool.AssertFailsAsync(command.Replace("DIR", _folder.Path, StringComparison.Ordinal), exitCode, code, Cancelled);

    private async Task WorkAsync(string prefix, string repository)
    {
        _folder.Write("site/index.html", "<p>hello");
        await DriftAsync("build", _folder.Combine("site"), "-o", prefix + "1.9");
        await DriftAsync("tag", prefix + "1.9", "1.10", "1.10-rc1", "latest");
        Assert.Equal(["latest", "1.9", "1.10-rc1", "1.10"], await TagsAsync(repository));
        Assert.Equal(["1.10-rc1", "1.10"], await TagsAsync(repository, "--filter", "1.1*"));
        Assert.Equal(["1.10"], await TagsAsync(repository, "--last", "1"));

        // One tag goes; what else points to the image stays.
        await DriftAsync("delete", prefix + "1.10-rc1");
        Assert.Equal(["latest", "1.9", "1.10"], await TagsAsync(repository));
        await DriftAsync("validate", prefix + "1.10");
        Assert.Equal(5, (await DriftTool.RunAsync(["delete", prefix + "1.10-rc1"], Cancelled)).ExitCode);

        await DriftAsync("copy", prefix + "1.10", $"oci:{_folder.Combine("copy")}:all", "--jobs", "2");
        await DriftAsync("copy", prefix + "1.10", $"oci:{_folder.Combine("copy")}:arm", "--platform", "linux/arm64");
        await DriftAsync("copy", prefix + "1.10", $"oci:{_folder.Combine("copy")}:both", "--platform", "linux/arm64", "--platform", "linux/amd64");
        var all = await InspectAsync($"oci:{_folder.Combine("copy")}:all");
        Assert.Equal((await InspectAsync(prefix + "1.10")).GetProperty("digest").GetString(), all.GetProperty("digest").GetString());
        Assert.Equal("linux/arm64", (await InspectAsync($"oci:{_folder.Combine("copy")}:arm")).GetProperty("platform").GetString());
        Assert.Equal(2, (await InspectAsync($"oci:{_folder.Combine("copy")}:both")).GetProperty("manifests").GetArrayLength());
        await DriftAsync("validate", $"oci:{_folder.Combine("copy")}:both");
    }

    private static async Task<string[]> TagsAsync(params string[] arguments) =>
        [.. (await DriftTool.JsonAsync(["tags", .. arguments], Cancelled)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)];

    private static async Task<System.Text.Json.JsonElement> InspectAsync(string image) => (await DriftTool.JsonAsync(["inspect", image], Cancelled)).GetProperty("root");

    private static async Task DriftAsync(params string[] arguments) => (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess();
}
