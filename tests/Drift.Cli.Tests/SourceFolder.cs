// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>A site in a Git repository of its own, whose origin is at GitHub.</summary>
internal sealed class SourceFolder(TemporaryDirectory folder)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public string Path { get; } = folder.Combine("source");

    /// <summary>The page, which every version changes.</summary>
    public string Page => System.IO.Path.Combine(Path, "public", "index.html");

    public static async Task<SourceFolder> CreateAsync(TemporaryDirectory folder, string version)
    {
        var source = new SourceFolder(folder);
        Directory.CreateDirectory(System.IO.Path.Combine(source.Path, "public"));
        await source.GitAsync("init", "--quiet", "--initial-branch=main");
        await source.GitAsync("remote", "add", "origin", "git@github.com:me/site.git");
        await source.CommitAsync(version);
        return source;
    }

    /// <summary>Writes the page and the changelog's entry of a version, commits them, and returns the commit.</summary>
    public async Task<string> CommitAsync(string version)
    {
        await File.WriteAllTextAsync(Page, $"<!doctype html><title>{version}</title><p>This is {version}.", Cancelled);
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "CHANGELOG.md"), $"# Changelog\n\n## [Unreleased]\n\n## [{version}] - 2026-01-31\n\n### Added\n\n- What {version} has.\n\n## [0.0.1]\n\n- Old.\n", Cancelled);
        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--message", version);
        return await GitAsync("rev-parse", "HEAD");
    }

    public async Task<string> GitAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program("git"), ["-C", Path, "-c", "user.name=test", "-c", "user.email=test@example.com", .. arguments], cancellationToken: Cancelled)).EnsureSuccess().Output.Trim();
}
