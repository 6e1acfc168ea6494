// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary>How far blobs have come: bars on a terminal, lines of JSON for programs, and nothing without either.</summary>
public sealed class ProgressTests : IDisposable
{
    // Beyond what an upload holds back, so that it streams.
    private const int Large = 3_000_000;
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Base => $"oci:{_folder.Combine("base")}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_tells_programs()
    {
        await AppendAsync("scratch", Base);
        string[] copy = ["copy", Base, $"oci:{_folder.Combine("to")}", "--progress", "json"];
        AssertGrows((await LinesAsync(copy)).Where(line => line.GetProperty("size").GetInt64() > Large), isKnown: true);
        Assert.Contains(await LinesAsync(copy), line => line.GetProperty("state").GetString() == "present");
        // Without a terminal there are no bars.
        Assert.Equal("", (await DriftTool.RunAsync(copy[..^2], Cancelled)).EnsureSuccess().Error);
    }

    [Fact]
    public async Task A_build_into_a_registry_tells_of_the_base_and_of_what_is_new()
    {
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        await AppendAsync("scratch", Base);
        string[] build = ["build", Project($"base: {Base}\n"), "-o", $"{registry.Host}/app:1", "--no-cache"];
        var blobs = (await LinesAsync([.. build, "--progress", "json"])).GroupBy(line => line.GetProperty("blob").GetInt32())
            .Where(blob => blob.Last().GetProperty("size").GetInt64() > Large).ToDictionary(blob => blob.First().TryGetProperty("digest", out _));
        AssertGrows(blobs[true], isKnown: true);
        AssertGrows(blobs[false], isKnown: false);
        Assert.Equal("", (await DriftTool.RunAsync(build, Cancelled)).EnsureSuccess().Error);
        // Changing an image shows as much.
        AssertGrows((await LinesAsync(["append", Base, "--layer", _folder.Combine("more") + ":/more", "--compression", "none", "--no-cache", "--progress", "json", "-o", $"{registry.Host}/app:2"]))
            .GroupBy(line => line.GetProperty("blob").GetInt32()).First(blob => !blob.First().TryGetProperty("digest", out _)), isKnown: false);
    }

    [Fact]
    public async Task A_build_on_a_terminal_shows_bars_and_takes_them_away()
    {
        Need.Program("script");
        await using var registry = await DebianRegistry.StartAsync(Cancelled);
        var seen = await OnTerminalAsync("build", Project("base: scratch\n"), "-o", $"{registry.Host}/app:1", "--no-cache");
        Assert.Matches(@"new layer     \d+\.\d MB  \d+\.\d MB/s", seen);
        // Up to the first bar, and away with all; the result follows.
        Assert.Matches(@"\e\[\d+A\r\e\[J[^\e]*sha256:", seen);

        await AppendAsync("scratch", Base);
        Assert.Matches(@"[0-9a-f]{12}  \[#*\.*\]  \d+\.\d MB/3\.\d MB  \d+\.\d MB/s  [-\d]\S+", await OnTerminalAsync("build", Project($"base: {Base}\n"), "-o", $"{registry.Host}/app:2", "--no-cache"));
        Assert.DoesNotContain("MB/s", await OnTerminalAsync("build", Project("base: scratch\n"), "-o", $"{registry.Host}/app:3", "--progress", "none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_stands_for_nothing_is_told()
    {
        var wrong = await DriftTool.RunAsync(["copy", "oci:a", "oci:b", "--progress", "dots"], Cancelled);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("'dots' is not possible: --progress takes bars, json or none.", wrong.Error, StringComparison.Ordinal);
    }

    /// <summary>The blob's bytes only grow, and it ends with all of them there; before that its size may not be known.</summary>
    private static void AssertGrows(IEnumerable<JsonElement> lines, bool isKnown)
    {
        var all = lines.ToArray();
        Assert.True(all.Length > 3);
        Assert.All(all[..^1], line => Assert.Equal(("moving", isKnown), (line.GetProperty("state").GetString(), line.TryGetProperty("size", out _))));
        Assert.Equal(all.Select(line => line.GetProperty("bytes").GetInt64()).Order(), all.Select(line => line.GetProperty("bytes").GetInt64()));
        Assert.Equal(("done", all[^1].GetProperty("size").GetInt64()), (all[^1].GetProperty("state").GetString(), all[^1].GetProperty("bytes").GetInt64()));
    }

    /// <summary>A folder of files whose layer nothing compresses.</summary>
    private string Project(string settings)
    {
        _folder.Write("app/drift.yaml", $"recipe: files\n{settings}platforms: [linux/amd64]\nlayers: [{{ from: data, to: /data }}]\n");
        WriteRandom("app/data/file");
        WriteRandom("more/file");
        return _folder.Combine("app");
    }

    private async Task AppendAsync(string source, string destination)
    {
        WriteRandom("large/file");
        (await DriftTool.RunAsync(["append", source, "--platform", "linux/amd64", "--layer", _folder.Combine("large") + ":/large", "--compression", "none", "-o", destination], Cancelled)).EnsureSuccess();
    }

    private void WriteRandom(string path) => File.WriteAllBytes(_folder.Write(path, ""), RandomNumberGenerator.GetBytes(Large));

    private static async Task<JsonElement[]> LinesAsync(string[] arguments) =>
        [.. (await DriftTool.RunAsync(arguments, Cancelled)).EnsureSuccess().Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    private async Task<string> OnTerminalAsync(params string[] arguments)
    {
        var command = string.Join(' ', arguments.Prepend(ProjectRoot.Combine("artifacts", "tool", "drift.dll")).Select(argument => $"'{argument}'"));
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh" };
        return (await ProcessRun.RunAsync("script", ["-qec", "dotnet " + command, _folder.Combine("seen")], environment: environment, cancellationToken: Cancelled)).EnsureSuccess().Output;
    }
}
