// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary><c>git: true</c>, in repositories of the real program.</summary>
public sealed class SourceCommitTests : IDisposable
{
    private const string Prefix = "org.opencontainers.image.";
    private readonly ProjectFolder _project = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task The_commit_its_origin_and_its_tag_are_annotations()
    {
        await InitialiseAsync();
        await GitAsync("remote", "add", "origin", "https://name:secret@example.com:8443/owner/project.git?token=secret");
        var commit = await GitAsync("rev-parse", "HEAD");
        Assert.Equal([("revision", commit), ("source", "https://example.com:8443/owner/project")], await AnnotationsAsync());

        await GitAsync("tag", "v1.2.3");
        await File.WriteAllTextAsync(_project.Combine("untracked"), "", Cancelled);
        Assert.Equal([("revision", commit), ("source", "https://example.com:8443/owner/project"), ("version", "v1.2.3")], await AnnotationsAsync());

        _project.Write("page/index.html", "changed");
        Assert.Equal([("revision", commit + "-dirty"), ("source", "https://example.com:8443/owner/project")], await AnnotationsAsync());

        Assert.Contains(("source", "mine"), await AnnotationsAsync($"annotations: {{ {Prefix}source: mine }}"));
    }

    [Theory]
    [InlineData("git@example.com:owner/project.git", "https://example.com/owner/project")]
    [InlineData("ssh://git:secret@example.com:2222/owner/project.git", "https://example.com/owner/project")]
    [InlineData("http://token@example.com/project/", "https://example.com/project")]
    [InlineData("git://example.com/project", "https://example.com/project")]
    [InlineData("/srv/project.git", null)]
    [InlineData("../project", null)]
    [InlineData("file:///srv/project.git", null)]
    public async Task An_origin_is_told_as_its_address_on_the_web_without_credentials(string origin, string? source)
    {
        await InitialiseAsync();
        await GitAsync("remote", "add", "origin", origin);
        Assert.Equal(source, (await AnnotationsAsync()).FirstOrDefault(annotation => annotation.Name == "source").Value);
    }

    [Fact]
    public async Task A_repositorys_own_programs_are_not_run()
    {
        await InitialiseAsync();
        var script = _project.Write("monitor", $"#!/bin/sh\ntouch {_project.Combine("ran")}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await GitAsync("config", "core.fsmonitor", script);
        await AnnotationsAsync();
        Assert.False(File.Exists(_project.Combine("ran")));
        // The script would have run otherwise.
        await GitAsync("status");
        Assert.True(File.Exists(_project.Combine("ran")));
    }

    [Fact]
    public async Task Without_a_commit_it_is_an_error()
    {
        Need.Program("git");
        var error = await Assert.ThrowsAsync<DriftException>(() => AnnotationsAsync());
        Assert.Contains("is in no Git repository with a commit", error.Message, StringComparison.Ordinal);
        await GitAsync("init", "--quiet");
        Assert.Equal(ErrorCode.SourceNotFound, (await Assert.ThrowsAsync<DriftException>(() => AnnotationsAsync())).Code);
    }

    private async Task InitialiseAsync()
    {
        await GitAsync("init", "--quiet");
        _project.Write("page/index.html", "page");
        await GitAsync("add", "page");
        await GitAsync("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "first");
    }

    private async Task<string> GitAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program("git"), ["-C", _project.Path, .. arguments], cancellationToken: Cancelled)).EnsureSuccess().Output.TrimEnd();

    private async Task<IReadOnlyList<(string Name, string Value)>> AnnotationsAsync(string more = "")
    {
        _project.Write("page/index.html", File.Exists(_project.Combine("page", "index.html")) ? await File.ReadAllTextAsync(_project.Combine("page", "index.html"), Cancelled) : "page");
        var recipe = Assert.IsType<ProjectRecipe>(_project.Detect($"source: page\ngit: true\n{more}"));
        var annotations = await recipe.ReadAnnotationsAsync(Cancelled);
        Assert.Equal(annotations, (await recipe.PlanAsync([Platform.LinuxAmd64], new PackOptions(), Cancelled))[0].Image.Annotations!.OrderBy(annotation => annotation.Key, StringComparer.Ordinal));
        return [.. annotations.Select(annotation => (annotation.Key[Prefix.Length..], annotation.Value))];
    }
}
