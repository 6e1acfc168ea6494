// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift doctor</c>: what registries can do, what they are told to when they refuse, and that nothing of it stays.</summary>
public sealed class DoctorTests : IDisposable
{
    private static readonly string[] Both = ["ping", "login", "paging", "pull", "range reads", "push", "cancel", "chunks", "resume", "blob", "mount", "image", "index", "artifact", "referrer", "delete manifest", "delete blob", "clean up"];
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_embedded_registry_can_do_everything()
    {
        await using var registry = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        var results = await ExamineAsync(registry.Address);
        foreach (var name in Both.Append("referrers API").Append("delete tag")) Assert.True(results[name] == "yes", $"{name}: {results[name]}");
    }

    [Fact]
    public async Task Docker_registry_lists_no_referrers_pages_no_tags_and_deletes_no_tag_alone()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        var results = await ExamineAsync(registry.Host);
        foreach (var name in Both.Except(["paging"])) Assert.True(results[name] == "yes", $"{name}: {results[name]}");
        Assert.Equal(("no", "no", "no"), (results["referrers API"], results["delete tag"], results["paging"]));
    }

    [Fact]
    public async Task What_cannot_be_deleted_is_named()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, deletes: false);
        var run = await DriftTool.RunAsync(["doctor", registry.Host + "/app", "--write"], Cancelled);
        Assert.NotEqual(0, run.ExitCode);
        var tag = Assert.Single(await TagsAsync(registry.Host + "/app"), tag => tag.StartsWith("drift-doctor-", StringComparison.Ordinal));
        Assert.Contains($"what was pushed is left in app: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(tag, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT /v2/app/blobs/uploads/", true)]
    [InlineData("PUT /v2/app/manifests/sha256:", true)]
    [InlineData("PUT /v2/app/manifests/sha256:", false)]
    [InlineData("PUT /v2/app/manifests/drift-doctor-", true)]
    [InlineData("PUT /v2/app/manifests/drift-doctor-", false)]
    [InlineData("PUT /v2/app/manifests/sha256-", false)]
    public async Task Interrupted_it_deletes_what_it_pushed_though_no_answer_came(string request, bool own)
    {
        await using var embedded = own ? await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled) : null;
        await using var debian = own ? null : await DebianRegistry.StartAsync(Cancelled);
        var registry = embedded?.Report.GetProperty("address").GetString()! ?? debian!.Host;
        await using var relay = new StallingRelay(registry, request);
        await using var doctor = DriftTool.Start(["doctor", relay.Host + "/app", "--write"]);
        await relay.Stalled.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal(130, await doctor.StopAsync("INT", Cancelled));
        Assert.Equal("", await doctor.Error);
        var tags = await DriftTool.RunAsync(["tags", registry + "/app"], Cancelled);
        Assert.Equal("", tags.Output);
        // Nothing keeps a blob any more.
        if (!own) return;
        (await DriftTool.RunAsync(["registry", "gc", "--storage", _folder.Combine("storage"), "--grace", "0s"], Cancelled)).EnsureSuccess();
        Assert.Empty(Directory.EnumerateFiles(_folder.Combine("storage", "content"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Interrupted_it_names_what_cannot_be_deleted()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, deletes: false);
        await using var relay = new StallingRelay(registry.Host, "PUT /v2/app/manifests/drift-doctor-");
        await using var doctor = DriftTool.Start(["doctor", relay.Host + "/app", "--write"]);
        await relay.Stalled.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal(130, await doctor.StopAsync("INT", Cancelled));
        Assert.Contains($"what was pushed is left in app: {Assert.Single(await TagsAsync(registry.Host + "/app"))} sha256:", await doctor.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_the_credential_and_its_file()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled, asksForLogin: true);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = _folder.Path, ["REGISTRY_AUTH_FILE"] = _folder.Combine("none.json") };
        var run = await DriftTool.RunAsync(["doctor", registry.Host + "/app"], Cancelled, environment);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("no credential was found", run.Output, StringComparison.Ordinal);
        Assert.Contains($"hint: Log in with drift login {registry.Host}.", run.Output, StringComparison.Ordinal);

        Credential("wrong");
        run = await DriftTool.RunAsync(["doctor", registry.Host + "/app"], Cancelled, environment);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains($"the credential is {DebianRegistry.Username}, {_folder.Combine("config.json")}", run.Output, StringComparison.Ordinal);
        Credential(DebianRegistry.Password);
        run = (await DriftTool.RunAsync(["doctor", registry.Host + "/app"], Cancelled, environment)).EnsureSuccess();
        Assert.Contains("it asks for a name and a password", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(DebianRegistry.Password, run.Output, StringComparison.Ordinal);

        void Credential(string password) => _folder.Write("config.json", $"{{\"auths\":{{\"{registry.Host}\":{{\"auth\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DebianRegistry.Username}:{password}"))}\"}}}}}}");
    }

    [Fact]
    public async Task Nothing_there_is_told()
    {
        var run = await DriftTool.RunAsync(["doctor", $"127.0.0.1:{FreePort.Find()}"], Cancelled);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("Nothing listens at", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await DriftTool.RunAsync(["doctor", "localhost:1", "--write"], Cancelled)).ExitCode);
    }

    /// <summary>The results by name; nothing else is in the repository afterwards.</summary>
    private async Task<Dictionary<string, string>> ExamineAsync(string host)
    {
        _folder.Write("site/index.html", "<p>hello");
        (await DriftTool.RunAsync(["build", _folder.Combine("site"), "-o", host + "/app:v1"], Cancelled)).EnsureSuccess();
        (await DriftTool.RunAsync(["tag", host + "/app:v1", "v2"], Cancelled)).EnsureSuccess();
        var run = await DriftTool.RunAsync(["doctor", host + "/app", "--write", "--json"], Cancelled);
        var results = JsonElement.Parse(run.Output).GetProperty("probes").EnumerateArray().ToDictionary(probe => probe.GetProperty("name").GetString()!, probe => probe.GetProperty("result").GetString()!, StringComparer.Ordinal);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(["v1", "v2"], await TagsAsync(host + "/app"));
        (await DriftTool.RunAsync(["validate", host + "/app:v1"], Cancelled)).EnsureSuccess();
        return results;
    }

    private static async Task<string[]> TagsAsync(string repository) =>
        [.. (await DriftTool.JsonAsync(["tags", repository], Cancelled)).GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)];
}
