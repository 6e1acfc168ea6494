// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.Oci;
using Drift.Registry;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>Every C# example that this project shows is compiled against its packages, runs, and does what the page says.</summary>
[Collection(ExamplesDefinition.Name)]
public sealed class ExampleTests(ExampleProject project) : DistributionTest
{
    private const string Usings = "using Drift.Distribution;\nusing Drift.Oci;\n";

    [Fact]
    public async Task Readme()
    {
        await using var server = await StartRegistryAsync();
        Folder.Write("out/server", "program");
        Folder.Write("out/publish/app.dll", "app");
        Folder.Write("out/publish/app.pdb", "symbols");
        await WriteBaseAsync(server);
        await RunAsync(Usings + MarkdownCode.BlocksOf("README.md"), server);

        var app = await ReadAsync($"localhost:{server.Port}/app:1.4.0");
        Assert.Equal(["8080/tcp"], app.Config.ExposedPorts!);
        var top = await ReadAsync($"localhost:{server.Port}/top:1");
        Assert.Equal(["/base"], top.Config.Entrypoint!);
        Assert.Equal(["app/", "app/app.dll"], await NamesAsync(top.Layers[^1]));
    }

    [Fact]
    public async Task Readme_of_the_package_Oci()
    {
        Folder.Write("out/server", "program");
        var printed = await project.RunAsync(MarkdownCode.BlocksOf("src/Drift.Oci/README.md"), Folder.Path);
        Assert.Matches("^sha256:[0-9a-f]{64} [0-9]+\n$", printed);
    }

    [Fact]
    public async Task Readme_of_the_package_Distribution()
    {
        await using var server = await StartRegistryAsync();
        Folder.Write("content/hello.txt", "hello");
        var printed = await RunAsync(MarkdownCode.BlocksOf("src/Drift.Distribution/README.md"), server);

        await using var pushed = await ImageOrigin.OpenAsync(ImageLocation.Parse($"localhost:{server.Port}/hello:1"), cancellationToken: Cancelled);
        foreach (var place in (string[])["oci:layout:1", "oci:copy"])
        {
            await using var other = await ImageOrigin.OpenAsync(ImageLocation.Parse(place.Replace("oci:", $"oci:{Folder.Path}/", StringComparison.Ordinal)), cancellationToken: Cancelled);
            Assert.Equal(pushed.Root.Digest, other.Root.Digest);
        }
        Assert.Equal(["srv/", "srv/content/", "srv/content/hello.txt"], await NamesAsync((await ReadAsync($"docker-archive:{Folder.Path}/hello.tar:hello:1")).Layers[0]));
        await using var test = await ImageOrigin.OpenAsync(ImageLocation.Parse($"localhost:{server.Port}/hello:test"), cancellationToken: Cancelled);
        Assert.Equal(test.Root.Digest.ToString(), printed.TrimEnd());
    }

    [Fact]
    public async Task Library_example()
    {
        Need.Program("skopeo");
        await using var server = await StartRegistryAsync();
        string[] places = [$"oci:{Folder.Path}/layout:1", $"oci-archive:{Folder.Path}/hello.tar", $"localhost:{server.Port}/hello:1"];
        var printed = await project.RunLibraryAsync(places);

        var lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(places, lines.Select(line => line.Split(' ')[0]));
        var digest = Assert.Single(lines.Select(line => line.Split(' ')[1]).Distinct(StringComparer.Ordinal));
        foreach (var place in (string[])[places[0], places[1], "docker://" + places[2]])
        {
            var index = await SkopeoAsync("inspect", "--raw", "--tls-verify=false", place);
            Assert.Equal(digest, Digest.FromSha256(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(index))).ToString());
            var config = JsonElement.Parse(await SkopeoAsync("--override-arch", "arm64", "inspect", "--config", "--tls-verify=false", place));
            Assert.Equal("arm64", config.GetProperty("architecture").GetString());
            Assert.Equal("1.0.0", config.GetProperty("config").GetProperty("Labels").GetProperty("org.opencontainers.image.version").GetString());
            Assert.Equal(3, config.GetProperty("rootfs").GetProperty("diff_ids").GetArrayLength());
        }
    }

    [Fact]
    public async Task Example_of_ocibuild()
    {
        Folder.Write("myapp", "program");
        await project.RunAsync(Usings + MarkdownCode.ColumnOf("docs/from-ocibuild.md", "Its example"), Folder.Path);

        var image = await ReadAsync($"docker-archive:{Folder.Path}/myapp.tar:myapp:1.0.0");
        Assert.Equal(["/app/myapp"], image.Config.Entrypoint!);
        Assert.Equal(["PORT=8080", "ENV=production"], image.Config.Environment!);
        Assert.Equal(["8080/tcp"], image.Config.ExposedPorts!);
        Assert.Equal("/app", image.Config.WorkingDirectory);
        Assert.Equal("1.0.0", image.Config.Labels!["org.opencontainers.image.version"]);
        Assert.Equal(["app/", "app/config.json", "app/myapp"], await NamesAsync(Assert.Single(image.Layers)));
    }

    [Fact]
    public async Task Functions_of_ocibuild()
    {
        await using var server = await StartRegistryAsync();
        await WriteBaseAsync(server);
        Folder.Write("myapp", "program");
        Folder.Write("conf/a.conf", "a = 1");
        await RunAsync(Usings + MarkdownCode.ColumnOf("docs/from-ocibuild.md", "Each function"), server);

        foreach (var place in (string[])[$"localhost:{server.Port}/myapp:1", $"oci-archive:{Folder.Path}/all.tar", $"oci:{Folder.Path}/exported"])
        {
            var image = await ReadAsync(place);
            Assert.Equal(["app/data"], (await NamesAsync(image.Layers[0])).Where(name => name[^1] != '/'));
            Assert.Equal(["app/", "app/run"], await NamesAsync(image.Layers[1]));
            Assert.Equal(["etc/", "etc/myapp/", "etc/myapp/a.conf"], await NamesAsync(image.Layers[2]));
            Assert.Equal("/app/run --help ENV=test /app 8080/tcp 65532 test",
                string.Join(' ', [.. image.Config.Entrypoint!, .. image.Config.Command!, .. image.Config.Environment!, image.Config.WorkingDirectory, .. image.Config.ExposedPorts!, image.Config.User, image.Config.Labels!["stage"]]));
        }
    }

    private Task<RegistryServer> StartRegistryAsync() => RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = Folder.Combine("registry") }, Cancelled);

    /// <summary>Runs a page's code in this test's folder; its registry is the one that the page calls localhost:5000.</summary>
    private Task<string> RunAsync(string code, RegistryServer server)
    {
        AssertContains("localhost:5000/", code);
        return project.RunAsync(code.Replace("localhost:5000/", $"localhost:{server.Port}/", StringComparison.Ordinal), Folder.Path);
    }

    private static Task<PackedIndex> WriteBaseAsync(RegistryServer server) => new MultiPlatformImage([ImageOf(Platform.LinuxAmd64), ImageOf(Platform.LinuxArm64)])
        .WithEach(image => image.WithConfig(config => config with { Entrypoint = ["/base"] })).PackAsync(ImageLocation.Parse($"localhost:{server.Port}/base:1"), cancellationToken: Cancelled);

    /// <summary>An image out of any place, copied into a folder of this test.</summary>
    private async Task<Image> ReadAsync(string location)
    {
        var root = await CopyAsync(location, $"oci:{Folder.Combine("read")}");
        var layout = OciLayout.Open(Folder.Combine("read"));
        return await Image.FromAsync(layout, await layout.SelectPlatformAsync(root, Platform.LinuxAmd64, Cancelled), Cancelled);
    }

    private static async Task<string[]> NamesAsync(Layer layer)
    {
        await using var tar = await ((PackedLayer)layer).OpenTarAsync(Cancelled);
        await using var reader = new System.Formats.Tar.TarReader(tar);
        var names = new List<string>();
        while (await reader.GetNextEntryAsync(cancellationToken: Cancelled) is { } entry) names.Add(entry.Name);
        return [.. names];
    }

    private static async Task<string> SkopeoAsync(params string[] arguments) => (await ProcessRun.RunAsync("skopeo", arguments, cancellationToken: Cancelled)).EnsureSuccess().Output;
}
