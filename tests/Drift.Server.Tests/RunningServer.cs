// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>A server process that listens on a port of 127.0.0.1.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private RunningServer(Process process, int port)
    {
        Process = process;
        Port = port;
    }

    public Process Process { get; }

    public int Port { get; }

    /// <summary>Starts a program and waits until it accepts connections.</summary>
    /// <param name="command">The program with its arguments, after what runs it.</param>
    /// <param name="settings">Its environment besides the port, each <c>NAME=VALUE</c>.</param>
    public static async Task<RunningServer> StartAsync(IReadOnlyList<string> command, params IReadOnlyList<string> settings)
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach (var setting in settings) start.Environment[setting.Split('=')[0]] = setting.Split('=')[1];
        var server = new RunningServer(Process.Start(start)!, port);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var connection = await RawConnection.OpenAsync(port);
                return server;
            }
            catch (SocketException) when (!server.Process.HasExited && watch.Elapsed < StartTimeout)
            {
                await Task.Delay(10);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    public static async Task<RunningServer> StartAsync(Architecture architecture, TestSite site, params IReadOnlyList<string> settings) =>
        await StartAsync([.. architecture.Runner, await site.PathAsync(architecture)], settings);

    /// <summary>Sends a signal, by default to the program itself.</summary>
    public async Task SignalAsync(string signal, int? process = null) =>
        (await ProcessRun.RunAsync(Need.Program("kill"), ["-s", signal, (process ?? Process.Id).ToString(CultureInfo.InvariantCulture)])).EnsureSuccess();

    /// <summary>Waits for the program's end, and returns its status.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(StartTimeout, TestContext.Current.CancellationToken);
        return Process.ExitCode;
    }

    /// <summary>Waits until the program has so many sockets, its listener among them.</summary>
    public async Task WaitForSocketsAsync(int count)
    {
        var watch = Stopwatch.StartNew();
        while (Sockets() != count)
        {
            Assert.True(watch.Elapsed < StartTimeout, $"It has {Sockets()} sockets.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private int Sockets() => Directory.EnumerateFiles($"/proc/{Process.Id}/fd")
        .Count(path => new FileInfo(path).LinkTarget is { } target && target.StartsWith("socket:", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
