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
    public static async Task<RunningServer> StartAsync(IReadOnlyList<string> command)
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
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

    public static async Task<RunningServer> StartAsync(Architecture architecture, TestSite site) =>
        await StartAsync([.. architecture.Runner, await site.PathAsync(architecture)]);

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
