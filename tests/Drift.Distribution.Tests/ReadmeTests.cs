// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using Drift.Oci;
using Drift.Registry;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>The README's examples compile and do what it says.</summary>
public sealed class ReadmeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

#pragma warning disable xUnit1051 // The examples are for people, and leave out what can be left out.
    [Fact]
    public async Task The_library_examples_make_the_images_that_they_show()
    {
        using var temporary = new TestKit.TemporaryDirectory();
        await using var server = await RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = temporary.Combine("registry") }, Cancelled);
        var (host, folder) = ($"localhost:{server.Port}", temporary.Path);
        temporary.Write("server", "program");
        temporary.Write("publish/app.dll", "app");
        temporary.Write("publish/app.pdb", "symbols");

        var image = Image.Scratch(Platform.LinuxArm64)
            .WithLayer(FileLayer.Create(files => files.Add("/app/server", $"{folder}/server", mode: FileLayerBuilder.Executable)))
            .WithConfig(config => config with { User = "65532:65532", Entrypoint = ["/app/server"], ExposedPorts = ["8080/tcp"] });
        var repository = Repository.Open(ImageReference.Parse($"{host}/app"));
        var packed = await image.PackAsync(repository);
        await repository.TagAsync(packed.Descriptor, "1.4.0");
        Assert.Equal(packed.Descriptor, await repository.ResolveAsync("1.4.0"));

        var other = Repository.Open(ImageReference.Parse($"{host}/base"));
        await image.PackAsync(other);
        await other.TagAsync(packed.Descriptor, "1");

        var tree = await FileTree.ReadAsync($"{folder}/publish", new FileTreeOptions { Ignore = DockerIgnore.Parse("*.pdb") });
        var origin = await ImageOrigin.OpenAsync(ImageLocation.Parse($"{host}/base:1"));
        var based = await Image.FromAsync(origin.Source, await origin.Source.SelectPlatformAsync(origin.Root, Platform.LinuxArm64));
        var top = await based.WithLayer(FileLayer.Create(files => files.AddTree("/app", tree))).PackAsync(repository);
        Assert.Equal(packed.Manifest.Layers[0], top.Manifest.Layers[0]);
        Assert.Equal(2, top.Manifest.Layers.Count);
        Assert.Equal(["/app/server"], top.Config.Config!.Entrypoint!);
        await origin.DisposeAsync();
    }
#pragma warning restore xUnit1051

    [Fact]
    public async Task The_examples_are_the_ones_above()
    {
        var readme = await File.ReadAllTextAsync(ProjectRoot.Combine("README.md"), Cancelled);
        var source = (await File.ReadAllTextAsync(ProjectRoot.Combine("tests", "Drift.Distribution.Tests", "ReadmeTests.cs"), Cancelled))
            .Replace("$\"{host}/", "\"localhost:5000/", StringComparison.Ordinal).Replace("$\"{folder}/", "\"out/", StringComparison.Ordinal)
            .Replace("var top = ", "", StringComparison.Ordinal);
        var lines = Regex.Matches(readme, "```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .SelectMany(block => block.Groups["code"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToArray();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Contains(line, source, StringComparison.Ordinal));
    }
}
