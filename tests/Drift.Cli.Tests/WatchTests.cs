// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>drift up --watch</c>: what is saved runs, and what does not build leaves the old one running.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly HttpClient _client = new();
    private Uri? _url;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Site => _folder.Combine("site");

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_is_replaced_however_an_editor_saves_it()
    {
        _folder.Write("site/index.html", "one");
        await using var up = await StartAsync(Site);
        Assert.Equal("one", await GetAsync());

        // In place; by a rename over it; by a rename of the old one and a new file; with a file of the editor's own beside it.
        Assert.Equal("two", await ChangeAsync(up, () => _folder.Write("site/index.html", "two")));
        Assert.Equal("three", await ChangeAsync(up, () => File.Move(_folder.Write("site/.index.tmp", "three"), _folder.Combine("site", "index.html"), overwrite: true)));
        Assert.Equal("four", await ChangeAsync(up, () =>
        {
            File.Move(_folder.Combine("site", "index.html"), _folder.Combine("index.html~"));
            _folder.Write("site/index.html", "four");
        }));
        Assert.Equal("deep", await ChangeAsync(up, () => _folder.Write("site/a/b/c/index.html", "deep"), "a/b/c/"));
        Assert.Equal("deeper", await ChangeAsync(up, () => _folder.Write("site/a/b/c/index.html", "deeper"), "a/b/c/"));
    }

    [Fact]
    public async Task A_burst_is_seen_to_its_end_and_a_change_of_nothing_is_no_restart()
    {
        _folder.Write("site/index.html", "one");
        await using var up = await StartAsync(Site);
        for (var i = 0; i < 5000; i++) _folder.Write($"site/files/{i}.html", $"{i}");
        _folder.Write("site/index.html", "many");
        // A machine that is slow enough pauses within the burst, and then it is two builds.
        do Assert.Equal(_url, await AnswersAsync(up));
        while (await GetAsync() != "many");
        Assert.Equal("4999", await GetAsync("files/4999.html"));

        File.SetLastWriteTimeUtc(_folder.Combine("site", "index.html"), DateTime.UnixEpoch.AddDays(1));
        await up.ReadErrorAsync("The image is the same; it goes on running.", Cancelled);
        Assert.Equal("last", await ChangeAsync(up, () => _folder.Write("site/index.html", "last")));
    }

    [Fact]
    public async Task A_folder_that_is_deleted_and_made_again_is_still_watched()
    {
        _folder.Write("site/index.html", "one");
        await using var up = await StartAsync(Site);
        Directory.Delete(Site, recursive: true);
        await up.ReadErrorAsync("There is no folder", Cancelled);
        Assert.Equal("one", await GetAsync());
        Assert.Equal("two", await ChangeAsync(up, () => _folder.Write("site/index.html", "two")));
        Assert.Equal("three", await ChangeAsync(up, () => _folder.Write("site/index.html", "three")));
    }

    [Fact]
    public async Task What_does_not_build_is_told_and_the_old_one_goes_on_and_Ctrl_C_leaves_nothing()
    {
        Need.Program("clang");
        var source = await File.ReadAllTextAsync(ProjectRoot.Combine("examples", "hello-x86-64", "hello.S"), Cancelled);
        _folder.Write("service/hello.S", source);
        var temporary = Directory.CreateDirectory(_folder.Combine("tmp")).FullName;
        await using var up = await StartAsync(_folder.Combine("service"), new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = temporary }, "--platform", "linux/amd64");
        Assert.Contains("Hello from x86-64", await GetAsync(), StringComparison.Ordinal);

        _folder.Write("service/hello.S", source + "        bogus\n");
        Assert.Contains("error DRIFT1004", await up.ReadErrorAsync("error: invalid instruction mnemonic 'bogus'\n            bogus\n", Cancelled), StringComparison.Ordinal);
        Assert.Contains("Hello from x86-64", await GetAsync(), StringComparison.Ordinal);

        // It builds, and then does not answer.
        _folder.Write("service/hello.S", source.Replace("_start: ", "_start: jmp fail\n", StringComparison.Ordinal));
        await up.ReadErrorAsync("ended with exit code 1 before it answered", Cancelled);
        Assert.Contains("Hello from x86-64", await GetAsync(), StringComparison.Ordinal);

        Assert.Contains("Hello from an editor", await ChangeAsync(up, () => _folder.Write("service/hello.S", source.Replace("from x86-64", "from an editor", StringComparison.Ordinal).Replace("Length: 27", "Length: 30", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Equal(130, await up.StopAsync("INT", Cancelled));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary, "drift-*"));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync());
    }

    [Fact]
    public async Task A_program_that_ends_is_told_and_a_change_starts_it_again()
    {
        Need.Program("clang");
        var source = await File.ReadAllTextAsync(ProjectRoot.Combine("examples", "hello-x86-64", "hello.S"), Cancelled);
        // One that ends when it is asked for its page.
        var mortal = source.Replace("        lea     rsi, [rip + page]\n", "        cmp     byte ptr [rsp + 5], ' '\n        je      fail\n        lea     rsi, [rip + page]\n", StringComparison.Ordinal);
        _folder.Write("service/hello.S", mortal);
        await using var up = await StartAsync(_folder.Combine("service"), null, "--platform", "linux/amd64");
        using (var broken = await _client.GetAsync(_url, Cancelled)) Assert.Equal(502, (int)broken.StatusCode);
        await up.ReadErrorAsync("The program ended by itself with exit code 1.", Cancelled);
        using (var absent = await _client.GetAsync(_url, Cancelled)) Assert.Contains("/.drift/reload.js?", await absent.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Contains("Hello from x86-64", await ChangeAsync(up, () => _folder.Write("service/hello.S", source)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_and_watch_exclude_each_other()
    {
        var run = await DriftTool.RunAsync(["up", "--check", "--watch"], Cancelled);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--check and --watch exclude each other", run.Error, StringComparison.Ordinal);
    }

    private async Task<DriftProcess> StartAsync(string folder, Dictionary<string, string?>? environment = null, params string[] options)
    {
        var up = DriftTool.Start(["up", folder, "--watch", "--port", "0", "--runtime", "namespaces", .. options], environment);
        _url = await AnswersAsync(up);
        return up;
    }

    /// <summary>Changes files, waits until the service was replaced, and asks it.</summary>
    private async Task<string> ChangeAsync(DriftProcess up, Action change, string path = "")
    {
        change();
        Assert.Equal(_url, await AnswersAsync(up));
        return await GetAsync(path);
    }

    private static async Task<Uri> AnswersAsync(DriftProcess up) => new((await up.ReadLineAsync(" answers (", Cancelled)).Split(' ')[0]);

    private Task<string> GetAsync(string path = "") => _client.GetStringAsync(new Uri(_url!, path), Cancelled);
}
