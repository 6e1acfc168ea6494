// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.TestKit;

namespace Drift.Cli.Tests;

/// <summary><c>just debug</c>: lldb knows the server's routines by name, in the program that is inside of the image.</summary>
public sealed class DebugTests
{
    // Those that every request comes through; the first one that the server has is taken.
    private static readonly string[] Routines = ["parse", "serve", "loop"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("x86_64", "rip")]
    [InlineData("aarch64", "pc")]
    public async Task A_breakpoint_by_name_stops_at_a_request_and_registers_can_be_read(string architecture, string counter)
    {
        Need.Program("lldb");
        Need.Program($"qemu-{architecture}-static");
        var symbols = (await ProcessRun.RunAsync(Need.Program("llvm-readelf"), ["--symbols", ProjectRoot.Combine("artifacts", "server", architecture, "server")], cancellationToken: Cancelled)).EnsureSuccess();
        var names = symbols.Output.Split('\n').Select(line => line.Split(' ')[^1]).ToHashSet(StringComparer.Ordinal);
        var routine = Routines.First(names.Contains);

        var port = FreePort.Find();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var requests = AskAsync(port, over.Token);
        var run = await ProcessRun.RunAsync(ProjectRoot.Combine("eng", "debug"),
            [architecture, "--batch", "-o", "breakpoint set --name " + routine, "-o", "continue", "-o", "register read", "-o", "kill"],
            environment: new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["DEBUG_PORT"] = FreePort.Find().ToString(CultureInfo.InvariantCulture),
            }, cancellationToken: Cancelled);
        await over.CancelAsync();
        await requests;
        Assert.Contains("stop reason = breakpoint", run.Output, StringComparison.Ordinal);
        Assert.Matches($@"\n +{counter} = 0x[0-9a-f]+ +server`{routine}\b", run.Output);
        Assert.Equal("", string.Join('\n', run.Error.Split('\n').Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))));
    }

    /// <summary>Asks again and again: the server listens once lldb lets it, and no longer when it stands at the breakpoint.</summary>
    private static async Task AskAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(1) };
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health"), cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }
}
