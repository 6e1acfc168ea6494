// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>A console project as a user of the packages has it: they come out of a feed of its own, and no cache of this machine is asked.</summary>
public sealed class ExampleProject : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private readonly TestKit.TemporaryDirectory _folder = new();

    /// <summary>The folder with both packages.</summary>
    public string Feed => _folder.Combine("feed");

    public async ValueTask InitializeAsync()
    {
        await PackAsync(Feed);
        // This folder alone, whatever the machine's own configuration names.
        _folder.Write("nuget.config", $"""<configuration><packageSources><clear/><add key="drift" value="{Feed}"/></packageSources></configuration>""");
    }

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
    public async Task<string> RunAsync(string source, string directory, params string[] arguments)
    {
        var project = Directory.CreateDirectory(_folder.Combine(Guid.NewGuid().ToString("n"))).FullName;
        File.Copy(ProjectRoot.Combine("examples", "library", "Library.csproj"), Path.Combine(project, "Library.csproj"));
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), source);
        await DotNetAsync("build", project, "--output", Path.Combine(project, "out"), "-p:UseSharedCompilation=false", $"-p:RestorePackagesPath={_folder.Combine("packages")}");
        return (await ProcessRun.RunAsync("dotnet", [Path.Combine(project, "out", "Library.dll"), .. arguments], workingDirectory: directory)).EnsureSuccess().Output;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task DotNetAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync("dotnet", [.. arguments, "--nologo", "-nodeReuse:false"], timeout: Limit)).EnsureSuccess();
}
