// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>A layout folder over time: tags that go, garbage, and several writers at once.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Layout => _folder.Combine("layout");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Untag_and_gc_free_what_only_that_tag_needed()
    {
        await BuildAsync("one", "v1");
        var before = Size();
        await BuildAsync("two", "v2");
        var added = Size() - before;

        Assert.Equal(0, await FreedAsync("--grace", "0s"));
        (await DriftTool.RunAsync(["delete", $"oci:{Layout}:v2"], Cancelled)).EnsureSuccess();
        // By default, what was written in the last hour stays.
        var young = await DriftTool.JsonAsync(["gc", Layout], Cancelled);
        Assert.Equal(0, young.GetProperty("size").GetInt64());
        Assert.True(young.GetProperty("tooYoung").GetInt32() > 0);
        Assert.True(await FreedAsync("--grace", "0s", "--dry-run") > 0);
        Assert.Equal(before + added, Size());

        var run = (await DriftTool.RunAsync(["gc", Layout, "--grace", "0s"], Cancelled)).EnsureSuccess();
        Assert.Matches(@"^(sha256:[0-9a-f]{64}\n)+freed [0-9,]+ B in \d+ blobs\n$", run.Output);
        Assert.Equal(before, Size());
        await AssertValidAsync("v1");
        Assert.Equal(5, (await DriftTool.RunAsync(["inspect", $"oci:{Layout}:v2"], Cancelled)).ExitCode);
    }

    [Theory]
    [InlineData("delete oci:DIR/layout:v9", 5, "DRIFT3003")]
    [InlineData("delete oci:DIR/layout", 3, "DRIFT1007")]
    [InlineData("delete localhost:5000/a", 3, "DRIFT1007")]
    [InlineData("gc DIR/nowhere", 3, "DRIFT1002")]
    [InlineData("gc DIR", 7, "DRIFT4002")]
    [InlineData("gc DIR/layout --grace 1y", 2, "'1y' is not a time")]
    [InlineData("gc DIR/layout --grace -1h", 2, "'-1h' is not a time")]
    [InlineData("gc DIR/layout --grace 99999999999d", 2, "is not a time")]
    public async Task Says_what_is_wrong(string command, int exitCode, string words)
    {
        _folder.Write("layout/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        _folder.Write("layout/index.json", """{"schemaVersion":2,"manifests":[]}""");
        var run = await DriftTool.RunAsync(command.Replace("DIR", _folder.Path, StringComparison.Ordinal).Split(' '), Cancelled);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_writers_at_once_lose_nothing()
    {
        const int Rounds = 5;
        await BuildAsync("first", "first");
        for (var round = 0; round < Rounds; round++)
        {
            // Half of the content is the same, so that both write the same blobs, too.
            var shared = Site("shared-" + round, round.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await Task.WhenAll(
                BuildFolderAsync(shared, $"a{round}"), BuildFolderAsync(shared, $"b{round}"),
                BuildAsync("other-" + round, $"c{round}"), DriftTool.JsonAsync(["gc", Layout], Cancelled));
        }
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var writer in new[] { "a", "b", "c" }) await AssertValidAsync($"{writer}{round}");
        }
        Assert.Equal(["blobs", "index.json", "oci-layout"], Directory.GetFileSystemEntries(Layout).Select(Path.GetFileName).Where(name => name != ".index.lock").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_in_the_middle_leaves_nothing_half_written(string signal)
    {
        await BuildAsync("one", "v1");
        var before = Entries();
        Directory.CreateDirectory(_folder.Combine("large"));
        // Takes up no room, and minutes to pack.
        using (var file = File.Create(_folder.Combine("large", "file"))) file.SetLength(200L << 30);
        await using var append = DriftTool.Start(["append", "scratch", "--layer", $"{_folder.Combine("large")}:/data", "-o", $"oci:{Layout}:v2"]);
        while (Entries().Length == before.Length) await Task.Delay(10, Cancelled);
        Assert.Equal(130, await append.StopAsync(signal, Cancelled));
        Assert.Equal(before, Entries());
        await AssertValidAsync("v1");
    }

    private string[] Entries() => [.. Directory.GetFileSystemEntries(Layout, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private string Site(string name, string content)
    {
        _folder.Write(name + "/index.html", $"<p>{content}");
        return _folder.Combine(name);
    }

    private Task BuildAsync(string name, string tag) => BuildFolderAsync(Site(name, name), tag);

    private async Task BuildFolderAsync(string folder, string tag) => await DriftTool.JsonAsync(["build", folder, "--no-cache", "-o", $"oci:{Layout}:{tag}"], Cancelled);

    private async Task<long> FreedAsync(params string[] options) => (await DriftTool.JsonAsync(["gc", Layout, .. options], Cancelled)).GetProperty("size").GetInt64();

    private async Task AssertValidAsync(string tag) =>
        Assert.True((await DriftTool.JsonAsync(["validate", $"oci:{Layout}:{tag}"], Cancelled)).GetProperty("valid").GetBoolean());

    private long Size() => Directory.EnumerateFiles(Path.Combine(Layout, "blobs"), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
