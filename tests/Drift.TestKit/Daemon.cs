// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;

namespace Drift.TestKit;

/// <summary>A program in the background with a folder of its own, which is removed, mounts and all, when it has ended.</summary>
internal sealed class Daemon(TemporaryDirectory folder) : IAsyncDisposable
{
    private readonly List<string> _lines = [];
    private Process? _process;

    /// <summary>Starts it, and waits until it answers.</summary>
    public async Task StartAsync(string program, IEnumerable<string> arguments, Func<Task<ProcessRun>> ask, CancellationToken cancellationToken)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += Log;
        _process.ErrorDataReceived += Log;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var watch = Stopwatch.StartNew();
        while ((await ask()).ExitCode != 0)
        {
            if (_process.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                await DisposeAsync();
                throw new InvalidOperationException($"{program} did not start.\n{string.Join('\n', _lines)}");
            }
            await Task.Delay(100, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])!;
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        _process?.Dispose();
        // Where the machine's mounts are private, an engine mounts its storage onto itself and leaves that behind.
        await Mounts.DetachBelowAsync(folder.Path);
        folder.Dispose();
    }

    private void Log(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
        {
            if (line.Data is not null && _lines.Count < 1000) _lines.Add(line.Data);
        }
    }
}
