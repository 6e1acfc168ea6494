// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>The tool as <c>dotnet tool install</c> gives it to users: packed, installed from a feed of its own into an empty folder, and used.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_installed_tool_builds_what_the_tool_from_source_builds()
    {
        var feed = _folder.Combine("feed");
        // Beside the build of these tests, not in it.
        await DotNetAsync("pack", ProjectRoot.Combine("src", "Drift.Cli"), "--configuration", "Release", "--output", feed, $"-p:ArtifactsPath={_folder.Combine("artifacts")}/", "-nodeReuse:false");
        var package = Assert.Single(Directory.GetFiles(feed, "Drift.Cli.*.nupkg"));
        await using (var archive = await ZipFile.OpenReadAsync(package, Cancelled))
        {
            Assert.Contains(archive.Entries, entry => entry.FullName == "README.md");
            Assert.Contains(archive.Entries, entry => entry.FullName == "tools/net10.0/any/drift.dll");
            Assert.DoesNotContain(archive.Entries, entry => entry.FullName.EndsWith(".xml", StringComparison.Ordinal) && entry.FullName.StartsWith("tools/net10.0/any/Drift", StringComparison.Ordinal));
        }

        var empty = Directory.CreateDirectory(_folder.Combine("empty")).FullName;
        await File.WriteAllTextAsync(Path.Combine(empty, "nuget.config"), $"""<configuration><packageSources><clear /><add key="feed" value="{feed}" /></packageSources></configuration>""", Cancelled);
        (await ProcessRun.RunAsync("env", [$"NUGET_PACKAGES={_folder.Combine("packages")}", "dotnet", "tool", "install", "Drift.Cli", "--tool-path", _folder.Combine("tools"), "--configfile", Path.Combine(empty, "nuget.config")], timeout: Limit, workingDirectory: empty, cancellationToken: Cancelled)).EnsureSuccess();
        var tool = _folder.Combine("tools/drift");
        Assert.Equal((await DriftTool.RunAsync(["--version"], Cancelled)).Output, (await RunAsync(tool, "--version")).Output);

        _folder.Write("empty/public/index.html", "<!doctype html><title>hello</title><p>Hello.");
        await RunAsync(tool, "build", "public", "--output", "oci:image:1");
        await RunAsync(tool, "validate", "oci:image:1");
        var digest = (await DriftTool.JsonAsync(["inspect", $"oci:{empty}/image:1"], Cancelled)).GetProperty("root").GetProperty("digest").GetString();
        Assert.Equal(digest, (await DriftTool.JsonAsync(["build", Path.Combine(empty, "public"), "--output", $"oci:{_folder.Combine("own")}:1"], Cancelled)).GetProperty("digest").GetString());

        async Task<ProcessRun> RunAsync(string program, params string[] arguments) => (await ProcessRun.RunAsync(program, arguments, workingDirectory: empty, cancellationToken: Cancelled)).EnsureSuccess();
    }

    private static async Task DotNetAsync(params string[] arguments) => (await ProcessRun.RunAsync("dotnet", [.. arguments, "--nologo"], timeout: Limit, cancellationToken: Cancelled)).EnsureSuccess();
}
