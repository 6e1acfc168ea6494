// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using Drift.TestKit;

namespace Drift.Cli.Tests;

public sealed class UpTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Everything that a run puts into the temporary folder is seen here.
    private Dictionary<string, string?> Environment => new(StringComparer.Ordinal) { ["TMPDIR"] = _temporary.Path };

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Check_succeeds_and_leaves_nothing_behind()
    {
        var report = await DriftTool.JsonAsync(["up", "--check", "--port", "0", "--runtime", "namespaces"], Cancelled, Environment);
        Assert.Equal("namespaces", report.GetProperty("runtime").GetString());
        var platforms = report.GetProperty("platforms").EnumerateArray().ToArray();
        Assert.Equal(["linux/amd64", "linux/arm64"], platforms.Select(platform => platform.GetProperty("platform").GetString()!));
        Assert.All(platforms, platform => Assert.InRange(platform.GetProperty("imageSize").GetInt64(), 1, 16 * 1024));
        AssertNothingLeft(new Uri(report.GetProperty("url").GetString()!).Port);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_stops_it_and_leaves_nothing_behind(string signal)
    {
        await using var up = await DriftTool.StartAsync(["up", "--port", "0", "--runtime", "namespaces"], Cancelled, Environment);
        var url = new Uri(up.Report.GetProperty("url").GetString()!);
        using var client = new HttpClient();
        Assert.Equal("OK", await client.GetStringAsync(new Uri(url, "/health"), Cancelled));
        Assert.Contains("<h1>Drift</h1>", await client.GetStringAsync(url, Cancelled), StringComparison.Ordinal);

        Assert.Equal(130, await up.StopAsync(signal, Cancelled));
        AssertNothingLeft(url.Port);
    }

    [Fact]
    public async Task The_table_says_what_runs_where_and_how_small_it_is()
    {
        var run = (await DriftTool.RunAsync(["up", "--check", "--port", "0", "--runtime", "namespaces"], Cancelled, Environment)).EnsureSuccess();
        var lines = run.Output.Split('\n');
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/ answers \(linux/\w+, namespaces\)$", lines[0]);
        Assert.Matches(@"^localhost:\d+/site:latest@sha256:[0-9a-f]{64}$", lines[1]);
        Assert.Matches(@"^linux/arm64 +[\d,]+ B +[\d,]+ B +sha256:[0-9a-f]{64}", lines[4]);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task A_foreign_platform_runs_through_qemu()
    {
        Need.Program("qemu-aarch64-static");
        var report = await DriftTool.JsonAsync(["up", "--check", "--port", "0", "--platform", "linux/arm64"], Cancelled, Environment);
        Assert.Equal("linux/arm64", report.GetProperty("platform").GetString());
        AssertNothingLeft(new Uri(report.GetProperty("url").GetString()!).Port);
    }

    [Fact]
    public async Task A_service_that_cannot_start_is_told_with_what_it_printed()
    {
        _temporary.Write("service/service.S", FailingService);
        var report = await DriftTool.JsonAsync(["build", _temporary.Combine("service"), "-o", "oci:" + _temporary.Combine("layout")], Cancelled);
        Assert.Equal("linux/amd64", Assert.Single(report.GetProperty("platforms").EnumerateArray()).GetProperty("platform").GetString());
        var up = await DriftTool.RunAsync(["up", _temporary.Combine("service"), "--port", "0", "--runtime", "namespaces"], Cancelled);
        Assert.Equal(7, up.ExitCode);
        Assert.Contains("  | hello", up.Error, StringComparison.Ordinal);
        Assert.Contains("exit code 3", up.Error, StringComparison.Ordinal);
    }

    /// <summary>Prints a line and ends with 3: what a service does that cannot start.</summary>
    private const string FailingService = """
        .globl _start
        _start:
            mov $1, %eax
            mov $1, %edi
            lea text(%rip), %rsi
            mov $6, %edx
            syscall
            mov $60, %eax
            mov $3, %edi
            syscall
        text: .ascii "hello\n"
        """;

    private void AssertNothingLeft(int port)
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path, "drift-*"));
        Assert.DoesNotContain(_temporary.Path, File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Where(directory => Path.GetFileName(directory).All(char.IsAsciiDigit)), directory => CommandLine(directory).Contains(_temporary.Path, StringComparison.Ordinal));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => socket.Connect("127.0.0.1", port));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
