// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Recipes;
using Drift.TestKit;

namespace Drift.Server.Tests;

public sealed class SiteFolderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_folder_becomes_paths()
    {
        foreach (var name in new[] { "index.html", "a.css", "docs/index.html", "docs/guide.md", "empty/.keep", ".git/config", ".well-known/security.txt", "ROBOTS.TXT", "data" })
        {
            _directory.Write(name, name);
        }
        var files = SiteFolder.Read(_directory.Path);
        Assert.Equal(
            [
                "/ text/html; charset=utf-8", "/.well-known/security.txt text/plain; charset=utf-8", "/ROBOTS.TXT text/plain; charset=utf-8", "/a.css text/css; charset=utf-8",
                "/data application/octet-stream", "/docs text/plain > /docs/", "/docs/ text/html; charset=utf-8",
                "/docs/guide.md text/markdown; charset=utf-8", "/docs/index.html text/html; charset=utf-8", "/index.html text/html; charset=utf-8",
            ],
            files.Select(file => $"{file.UrlPath} {file.ContentType}{(file.Location is null ? "" : " > " + file.Location)}"));
    }

    [Theory]
    [InlineData("a b", "/a%20b")]
    [InlineData("grüße", "/gr%C3%BC%C3%9Fe")]
    [InlineData("100%", "/100%25")]
    [InlineData("a#b?c", "/a%23b%3Fc")]
    [InlineData("quote\"<>`{}", "/quote%22%3C%3E%60%7B%7D")]
    [InlineData("back\\slash", "/back%5Cslash")]
    [InlineData("new\r\nLocation: evil", "/new%0D%0ALocation:%20evil")]
    [InlineData("plain-._~!$&'()*+,;=:@[]|", "/plain-._~!$&'()*+,;=:@[]|")]
    public async Task Any_name_is_found_as_browsers_send_it_and_its_folder_redirects_so(string name, string path)
    {
        _directory.Write(name + "/index.html", "page");
        _directory.Write(name + "/" + name, "file");
        var reader = new SegmentReader(await CompileAsync(_directory.Path));
        Assert.Equal("file", reader.Get(path + path).Text);
        Assert.Equal("page", reader.Get(path + "/").Text);
        var redirect = reader.Get(path + "?a=1&b");
        Assert.Equal((301, path + "/?a=1&b"), (redirect.Status, redirect.Location));
    }

    [Fact]
    public async Task The_same_files_give_the_same_bytes_in_another_folder()
    {
        using var other = new TemporaryDirectory();
        string[] names = ["index.html", "b.txt", "a/index.html", "a/c.js", "z.svg"];
        foreach (var name in names) _directory.Write(name, name);
        foreach (var name in names.Reverse()) other.Write(name, name);
        Assert.Equal(await CompileAsync(_directory.Path), await CompileAsync(other.Path));
    }

    [Fact]
    public async Task A_link_inside_the_folder_serves_its_target()
    {
        _directory.Write("real/a.txt", "text");
        File.CreateSymbolicLink(_directory.Combine("file"), "real/a.txt");
        Directory.CreateSymbolicLink(_directory.Combine("copy"), "real");
        var reader = new SegmentReader(await CompileAsync(_directory.Path));
        Assert.Equal("text"u8.ToArray(), reader.Get("/file").Body);
        Assert.Equal("text"u8.ToArray(), reader.Get("/copy/a.txt").Body);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside")]
    [InlineData("/")]
    [InlineData("sub/../../outside")]
    public void A_link_that_leaves_the_folder_is_an_error(string target)
    {
        _directory.Write("outside", "secret");
        _directory.Write("site/sub/x", "x");
        File.CreateSymbolicLink(_directory.Combine("site", "link"), target);
        AssertInvalid(_directory.Combine("site"), "link");
    }

    [Theory]
    [InlineData("loop")]
    [InlineData(".")]
    [InlineData("sub/..")]
    public void A_circle_is_an_error(string target)
    {
        _directory.Write("sub/x", "x");
        File.CreateSymbolicLink(_directory.Combine("loop"), target);
        AssertInvalid(_directory.Path, "loop");
    }

    [Fact]
    public void A_link_to_nothing_is_an_error()
    {
        File.CreateSymbolicLink(_directory.Combine("dangling"), "nothing");
        AssertInvalid(_directory.Path, "dangling");
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_an_error()
    {
        // .NET cannot name a file whose name is no UTF-8; nobody but root is stopped by a mode.
        var shell = Need.Program("sh");
        (await ProcessRun.RunAsync(shell, ["-c", "printf x > \"$(printf 'bad\\377')\""], workingDirectory: _directory.Path, cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        AssertInvalid(_directory.Path, "bad");
        (await ProcessRun.RunAsync(shell, ["-c", "rm bad*"], workingDirectory: _directory.Path, cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        if (Environment.IsPrivilegedProcess) return;
        Directory.CreateDirectory(_directory.Combine("site"));
        File.SetUnixFileMode(_directory.Write("site/locked.txt", "x"), UnixFileMode.None);
        AssertInvalid(_directory.Combine("site"), "locked.txt");
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error() =>
        Assert.Equal(ErrorCode.SourceNotFound, Assert.Throws<DriftException>(() => SiteFolder.Read(_directory.Combine("none"))).Code);

    [Theory]
    [InlineData("health")]
    [InlineData("healthz")]
    [InlineData("health/index.html")]
    public async Task A_file_in_the_place_of_health_is_an_error(string name)
    {
        _directory.Write(name, "x");
        Assert.Equal(ErrorCode.InvalidSite, (await Assert.ThrowsAsync<DriftException>(() => CompileAsync(_directory.Path))).Code);
    }

    [Fact]
    public async Task A_pipe_is_an_error_and_not_waited_for()
    {
        (await ProcessRun.RunAsync(Need.Program("mkfifo"), [_directory.Combine("pipe")], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        AssertInvalid(_directory.Path, "pipe");
    }

    [Theory]
    [InlineData("_headers")]
    [InlineData("_redirects")]
    public async Task A_pipe_in_the_place_of_rules_is_an_error_and_not_waited_for(string name)
    {
        (await ProcessRun.RunAsync(Need.Program("mkfifo"), [_directory.Combine(name)], cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess();
        var error = Assert.Throws<DriftException>(() => new SiteOptions().With(_directory.Path));
        Assert.Equal((ErrorCode.InvalidSite, true), (error.Code, error.Message.Contains(name, StringComparison.Ordinal)));
    }

    private static async Task<byte[]> CompileAsync(string path) => await ElfRulesTests.ReadAsync((await SiteSegment.CreateAsync(SiteFolder.Read(path), cancellationToken: TestContext.Current.CancellationToken)).Content);

    private static void AssertInvalid(string path, string name)
    {
        var error = Assert.Throws<DriftException>(() => SiteFolder.Read(path));
        Assert.Equal(ErrorCode.InvalidSite, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }
}
