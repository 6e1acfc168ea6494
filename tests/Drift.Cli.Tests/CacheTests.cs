// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>The cache as the tool uses it: what it saves, where it is, and what happens to it when the tool is killed.</summary>
public sealed class CacheTests : IDisposable
{
    private const int Files = 300, Layers = 8;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Data => _folder.Combine("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_unchanged_folder_is_not_read_and_a_changed_file_is_read_with_its_layer_only()
    {
        var strace = Need.Program("strace");
        await WriteFilesAsync();
        await BuildAsync("v1");
        Assert.Empty(await OpenedAsync(strace, "v1"));
        Assert.Empty(await OpenedAsync(strace, "v2"));

        await File.WriteAllTextAsync(Path.Combine(Data, "folder7", "file7"), "changed", Cancelled);
        var opened = await OpenedAsync(strace, "v3");
        Assert.Contains("folder7/file7", opened);
        Assert.InRange(opened.Count, 1, Files / Layers * 2);
        await SameAsWithoutCacheAsync("v3");
    }

    [Fact]
    public async Task Its_size_is_set_by_the_environment_and_0_turns_it_off()
    {
        await WriteFilesAsync();
        await BuildAsync("v1", ("DRIFT_CACHE_SIZE", "0"));
        Assert.False(Directory.Exists(_folder.Combine("cache")));
        await BuildAsync("v1", ("DRIFT_CACHE_SIZE", "100K"));
        Assert.InRange(new DirectoryInfo(_folder.Combine("cache")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length), 1, 100 * 1024);

        var run = await DriftTool.RunAsync(["build", "-o", $"oci:{_folder.Combine("x")}"], Cancelled, new Dictionary<string, string?>(StringComparer.Ordinal) { ["DRIFT_CACHE_SIZE"] = "lots" });
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("DRIFT_CACHE_SIZE is 'lots', which is not a size.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_of_the_cache_stops_nothing()
    {
        Need.That(Environment.UserName == "root", "mounting a small file system needs root");
        await WriteFilesAsync();
        var cache = Directory.CreateDirectory(_folder.Combine("cache")).FullName;
        (await ProcessRun.RunAsync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", cache], cancellationToken: Cancelled)).EnsureSuccess();
        try
        {
            await BuildAsync("v1");
            await BuildAsync("v2");
            await SameAsWithoutCacheAsync("v2");
        }
        finally
        {
            await Mounts.DetachBelowAsync(cache);
        }
    }

    /// <summary>Two builders are killed over and over at random moments while they build into one layout, with one cache.</summary>
    [Fact]
    public async Task Killed_200_times_layout_and_cache_stay_valid_and_the_next_build_is_right()
    {
        const int Kills = 200;
        await WriteFilesAsync();
        var longest = TimeSpan.FromMilliseconds(200);
        var started = TimeProvider.System.GetTimestamp();
        await BuildAsync("first");
        longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(started).Ticks));

        var killed = 0;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(builder => Task.Run(async () =>
        {
            var random = new Random(builder);
            for (var round = 0; Volatile.Read(ref killed) < Kills; round++)
            {
                // Each round has work to do: other files than before.
                await File.WriteAllTextAsync(Path.Combine(Data, $"folder{builder}", $"file{round % Files}"), $"{builder} {round}", Cancelled);
                await using var build = DriftTool.Start(Command($"v{round % 5}"), EnvironmentOf());
                await Task.Delay(random.NextDouble() * longest, Cancelled);
                var code = await build.StopAsync("KILL", Cancelled);
                if (code == 137) Interlocked.Increment(ref killed);
                else Assert.True(code is 0 or 3, $"A build ended with {code}.");
            }
        }, Cancelled)));

        foreach (var blob in Blobs("layout").Concat(Blobs("cache/drift")))
        {
            Assert.Equal(blob.Name, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(blob.FullName, Cancelled))));
        }
        await Task.Delay(1100, Cancelled);
        await BuildAsync("last");
        await SameAsWithoutCacheAsync("last");
        foreach (var tag in new[] { "first", "v0", "v1", "v2", "v3", "v4", "last" })
        {
            var run = await DriftTool.RunAsync(["validate", $"oci:{_folder.Combine("layout")}:{tag}"], Cancelled);
            Assert.True(run.ExitCode == 0 || run.Error.Contains("has no image with the tag", StringComparison.Ordinal), run.Output + run.Error);
        }
    }

    private IEnumerable<FileInfo> Blobs(string store) => new DirectoryInfo(_folder.Combine(store, "blobs", "sha256")).EnumerateFiles().Where(file => file.Name.Length == 64);

    /// <summary>Writes the folder, and waits until it is old enough to be remembered.</summary>
    private async Task WriteFilesAsync()
    {
        var random = new Random(1);
        for (var i = 0; i < Files; i++)
        {
            var content = new byte[random.Next(30_000)];
            random.NextBytes(content);
            var path = Path.Combine(Data, $"folder{i % 20}", $"file{i}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content, Cancelled);
        }
        await Task.Delay(1100, Cancelled);
    }

    private string[] Command(string tag, string layout = "layout") =>
        ["append", "scratch", "--layer", $"{Data}:/data", "--split", Layers.ToString(CultureInfo.InvariantCulture), "-o", $"oci:{_folder.Combine(layout)}:{tag}"];

    private Dictionary<string, string?> EnvironmentOf(params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_CACHE_HOME"] = _folder.Combine("cache") };
        foreach (var (name, value) in more) environment[name] = value;
        return environment;
    }

    private async Task BuildAsync(string tag, params (string Name, string Value)[] environment) =>
        (await DriftTool.RunAsync(Command(tag), Cancelled, EnvironmentOf(environment))).EnsureSuccess();

    private async Task SameAsWithoutCacheAsync(string tag)
    {
        var expected = await DriftTool.JsonAsync([.. Command(tag, "plain"), "--no-cache"], Cancelled);
        var actual = await DriftTool.JsonAsync(Command(tag), Cancelled, EnvironmentOf());
        Assert.Equal(expected.GetProperty("digest").GetString(), actual.GetProperty("digest").GetString());
        (await DriftTool.RunAsync(["validate", $"oci:{_folder.Combine("layout")}:{tag}"], Cancelled)).EnsureSuccess();
    }

    /// <summary>The files below the folder that a build opens, as the kernel sees it; opening a folder lists it.</summary>
    private async Task<IReadOnlyList<string>> OpenedAsync(string strace, string tag)
    {
        var trace = _folder.Combine("trace");
        string[] tool = ["dotnet", ProjectRoot.Combine("artifacts", "tool", "drift.dll")];
        (await ProcessRun.RunAsync(strace, ["-f", "-qq", "-e", "trace=open,openat,openat2,execve", "-o", trace, .. tool, .. Command(tag)], environment: EnvironmentOf(), cancellationToken: Cancelled)).EnsureSuccess();
        return [.. (await File.ReadAllLinesAsync(trace, Cancelled))
            .Where(line => line.Contains($"\"{Data}/", StringComparison.Ordinal) && !line.Contains("O_DIRECTORY", StringComparison.Ordinal) && !line.Contains("execve", StringComparison.Ordinal))
            .Select(line => line.Split($"\"{Data}/")[1].Split('"')[0])];
    }
}
