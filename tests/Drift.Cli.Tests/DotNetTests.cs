// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>What the users of <c>dotnet publish</c> see, on apps that the SDK made.</summary>
[Collection(DotNetAppsDefinition.Name)]
public sealed class DotNetTests(DotNetApps apps) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_app_with_its_runtime_answers_on_a_base_that_has_only_a_C_library()
    {
        await using var up = await DriftTool.StartAsync(["up", apps.SelfContained, "--base", apps.Base, "--port", "0", "--runtime", "namespaces"], Cancelled);
        var url = new Uri(up.Report.GetProperty("url").GetString()!);
        using var client = new HttpClient();
        Assert.Equal("hello: from .NET\n", (await client.GetStringAsync(url, Cancelled)).ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Podman_runs_it_locked_down_as_the_bases_user()
    {
        Need.Program("podman");
        Need.That(Environment.IsPrivilegedProcess, "podman without root needs subordinate users, which not every machine has");
        var report = await DriftTool.JsonAsync(["up", apps.SelfContained, "--base", apps.Base, "--check", "--port", "0", "--runtime", "podman"], Cancelled);
        Assert.Equal("podman", report.GetProperty("runtime").GetString());
    }

    [Fact]
    public async Task The_base_may_be_in_a_registry_and_keeps_its_layers_and_settings()
    {
        await using var registry = await DriftTool.ServeRegistryAsync(_folder.Combine("storage"), Cancelled);
        var host = registry.Address;
        await DriftTool.JsonAsync(["push", apps.Base, $"{host}/base:1"], Cancelled);
        var report = await DriftTool.JsonAsync(["build", apps.SelfContained, "--base", $"{host}/base:1", "-o", $"{host}/hello:1"], Cancelled);
        var image = await InspectAsync($"{host}/hello:1");
        var baseImage = (await DriftTool.JsonAsync(["inspect", apps.Base], Cancelled)).GetProperty("root");

        Assert.Equal(Digests(baseImage.GetProperty("layers")), Digests(image.GetProperty("layers")).Take(1));
        Assert.Equal(Digests(report.GetProperty("layers")), Digests(image.GetProperty("layers")).Skip(1));
        var config = image.GetProperty("config");
        Assert.Equal(["/app/Hello"], Texts(config.GetProperty("entrypoint")));
        Assert.Equal("1654", config.GetProperty("user").GetString());
        Assert.Equal("/app", config.GetProperty("workingDirectory").GetString());
        Assert.Equal(["8080/tcp"], Texts(config.GetProperty("ports")));
        Assert.Equal(["PATH=/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080"], Texts(config.GetProperty("environment")));
        Assert.Equal("1.2.3", config.GetProperty("labels").GetProperty("org.opencontainers.image.version").GetString());
        Assert.Equal("Hello", config.GetProperty("labels").GetProperty("org.opencontainers.image.title").GetString());
    }

    [Fact]
    public async Task Files_are_in_the_layer_of_what_they_change_with()
    {
        var layers = (await BuildAsync(apps.SelfContained, "standalone")).GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(["runtime", "packages", "app"], layers.Select(Group));
        Assert.Equal(["Microsoft.AspNetCore.App 10.0", "Microsoft.NETCore.App 10.0"], Texts(layers[0].GetProperty("contents")).Select(name => name[..name.LastIndexOf('.')]));

        layers = [.. (await BuildAsync(apps.Shop, "shop")).GetProperty("layers").EnumerateArray()];
        Assert.Equal(["Core 1.0.0", "Shop 2.5.0", "Spectre.Console 0.49.1", "System.CommandLine 3.0.0", "YamlDotNet 16.3.0"],
            layers.SelectMany(layer => Texts(layer.GetProperty("contents"))).Order(StringComparer.Ordinal));
        var stored = (await InspectAsync("oci:" + _folder.Combine("shop"))).GetProperty("layers").EnumerateArray().ToArray()[^layers.Length..];
        Assert.Equal(["app", "app/Core.dll", "app/Core.pdb"], Paths(stored[^2]));
        Assert.Equal(["app", "app/Shop.deps.json", "app/Shop.dll", "app/Shop.pdb", "app/Shop.runtimeconfig.json", "app/data", "app/data/list.txt"], Paths(stored[^1]));
        Assert.Contains("app/de/System.CommandLine.resources.dll", stored[..^2].SelectMany(Paths));
        // Packages unpack with modes of any kind; nobody runs an assembly.
        Assert.All(stored.SelectMany(layer => layer.GetProperty("files").EnumerateArray()), file =>
        {
            Assert.Equal(file.GetProperty("type").GetString() == "folder" ? "0755" : "0644", file.GetProperty("mode").GetString());
            Assert.Equal(0, file.GetProperty("userId").GetInt64() + file.GetProperty("groupId").GetInt64());
        });

        await DriftTool.JsonAsync(["build", apps.Shop, "--base", apps.Base, "--no-symbols", "-o", "oci:" + _folder.Combine("bare")], Cancelled);
        Assert.DoesNotContain((await InspectAsync("oci:" + _folder.Combine("bare"))).GetProperty("layers").EnumerateArray().SelectMany(Paths), path => path.EndsWith(".pdb", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_uploads_the_layers_that_have_it()
    {
        var before = (await BuildAsync(apps.Shop, "before")).GetProperty("layers").EnumerateArray().ToArray();

        var changed = CopyOf(apps.Shop, "app");
        await File.AppendAllTextAsync(Path.Combine(changed, "Shop.dll"), "x", Cancelled);
        Assert.Equal(["app"], (await ChangedAsync(changed)).Select(Group));

        changed = CopyOf(apps.Shop, "project");
        await File.AppendAllTextAsync(Path.Combine(changed, "Core.dll"), "x", Cancelled);
        Assert.Equal(["projects"], (await ChangedAsync(changed)).Select(Group));

        changed = CopyOf(apps.Shop, "package");
        await File.AppendAllTextAsync(Path.Combine(changed, "YamlDotNet.dll"), "x", Cancelled);
        var manifest = Path.Combine(changed, "Shop.deps.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Cancelled)).Replace("YamlDotNet/16.3.0", "YamlDotNet/16.4.0", StringComparison.Ordinal), Cancelled);
        var uploaded = await ChangedAsync(changed);
        Assert.Equal(["packages", "app"], uploaded.Select(Group));
        // What the table said of it before, but for the bytes that are new.
        var said = before.Single(layer => Texts(layer.GetProperty("contents")).Contains("YamlDotNet 16.3.0")).GetProperty("uploadWhenChanged").GetInt64();
        Assert.InRange(uploaded.Sum(layer => layer.GetProperty("size").GetInt64()), said - 64, said + 64);

        async Task<JsonElement[]> ChangedAsync(string folder) =>
            [.. (await BuildAsync(folder, Guid.NewGuid().ToString("n"))).GetProperty("layers").EnumerateArray().Where(layer => !Digests(before).Contains(layer.GetProperty("digest").GetString()))];
    }

    [Fact]
    public async Task The_same_app_gives_one_digest_whatever_the_folder_order_times_and_modes()
    {
        var copy = CopyOf(apps.SelfContained, "another name");
        foreach (var file in Directory.GetFiles(copy)) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | (file.EndsWith(".dll", StringComparison.Ordinal) ? UnixFileMode.UserExecute : UnixFileMode.None));
        // createdump is the one other program of the runtime.
        File.SetUnixFileMode(Path.Combine(copy, "createdump"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(Digest(await BuildAsync(apps.SelfContained, "one")), Digest(await BuildAsync(copy, "two")));

        static string? Digest(JsonElement report) => report.GetProperty("digest").GetString();
    }

    [Fact]
    public async Task A_single_file_is_known_by_what_is_inside()
    {
        var report = await BuildAsync(apps.SingleFile, "single");
        Assert.Equal(["Hello 1.2.3"], Texts(Assert.Single(report.GetProperty("layers").EnumerateArray()).GetProperty("contents")));
        var run = await DriftTool.RunAsync(["build", apps.SingleFile, "--base", "scratch", "-o", "oci:" + _folder.Combine("none")], Cancelled);
        Assert.Equal(3, run.ExitCode);
        Assert.Matches("cannot run in an image from scratch: it needs /lib", run.Error);
    }

    [Fact]
    public async Task The_table_tells_what_a_change_uploads()
    {
        var run = (await DriftTool.RunAsync(["build", apps.Shop, "--base", apps.Base, "-o", "oci:" + _folder.Combine("table")], Cancelled)).EnsureSuccess();
        Assert.Matches(@"\nlayer +files +size +upload again +when one of these changes", run.Output);
        Assert.Matches(@"\nprojects +2 +[\d,]+ B +[\d,]+ B +Core 1\.0\.0 *\n", run.Output);
        Assert.Matches(@"\napp +5 +([\d,]+ B) +\1 +Shop 2\.5\.0 *\n", run.Output);
    }

    private Task<JsonElement> BuildAsync(string app, string name) => DriftTool.JsonAsync(["build", app, "--base", apps.Base, "-o", "oci:" + _folder.Combine(name)], Cancelled);

    private static async Task<JsonElement> InspectAsync(string image) =>
        Assert.Single((await DriftTool.JsonAsync(["inspect", image, "--files"], Cancelled)).GetProperty("root").GetProperty("manifests").EnumerateArray());

    private string CopyOf(string app, string name)
    {
        DotNetApps.Copy(app, _folder.Combine("copies", name));
        return _folder.Combine("copies", name);
    }

    private static string Group(JsonElement layer) => layer.GetProperty("group").GetString()!;

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(element => element.GetString()!);

    private static IEnumerable<string> Paths(JsonElement layer) => layer.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!.TrimEnd('/'));

    private static IEnumerable<string?> Digests(JsonElement layers) => Digests(layers.EnumerateArray());

    private static IEnumerable<string?> Digests(IEnumerable<JsonElement> layers) => layers.Select(layer => layer.GetProperty("digest").GetString());
}
