// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>A console project as a user of the packages has it: they come out of a feed of its own, and no cache of this machine is asked.</summary>
public sealed class ExampleProject : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly string Library = ProjectRoot.Combine("examples", "library");
    private readonly TestKit.TemporaryDirectory _folder = new();

    /// <summary>The folder with both packages.</summary>
    public string Feed => _folder.Combine("feed");

    public async ValueTask InitializeAsync() => await PackAsync(Feed);

    /// <summary>Packs the assemblies that these tests were built with.</summary>
    public static async Task PackAsync(string feed)
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        foreach (var project in (string[])["Drift.Oci", "Drift.Distribution"])
        {
            await DotNetAsync("pack", ProjectRoot.Combine("src", project), "--no-build", "--configuration", configuration, "--output", feed);
        }
    }

    /// <summary>Compiles a program against the packages, runs it in <paramref name="directory"/>, and returns what it printed.</summary>
    public async Task<string> RunAsync(string source, string directory)
    {
        var project = Directory.CreateDirectory(_folder.Combine(Guid.NewGuid().ToString("n"))).FullName;
        File.Copy(Path.Combine(Library, "Library.csproj"), Path.Combine(project, "Library.csproj"));
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), source);
        return await BuildAndRunAsync(project, directory);
    }

    /// <summary>Compiles the example where it is, with the settings that hold there, runs it, and returns what it printed.</summary>
    public Task<string> RunLibraryAsync(params string[] arguments) => BuildAndRunAsync(Library, Library, arguments);

    private async Task<string> BuildAndRunAsync(string project, string directory, params string[] arguments)
    {
        var output = _folder.Combine(Guid.NewGuid().ToString("n"));
        await DotNetAsync("build", project, "--output", Path.Combine(output, "bin"), $"-p:BaseIntermediateOutputPath={output}/obj/", $"-p:RestoreSources={Feed}",
            $"-p:RestorePackagesPath={_folder.Combine("packages")}", "-p:UseSharedCompilation=false");
        return (await ProcessRun.RunAsync("dotnet", [Path.Combine(output, "bin", "Library.dll"), .. arguments], workingDirectory: directory)).EnsureSuccess().Output;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task DotNetAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync("dotnet", [.. arguments, "--nologo", "-nodeReuse:false"], timeout: Limit)).EnsureSuccess();
}
