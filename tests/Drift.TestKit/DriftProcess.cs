// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Drift.TestKit;

/// <summary>A running <c>drift up</c>, <c>run</c> or <c>registry serve</c>.</summary>
public sealed class DriftProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Task<string> _error;
    private volatile TaskCompletionSource _saidMore = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal DriftProcess(Process process)
    {
        _process = process;
        _error = ListenAsync();
    }

    /// <summary>What it printed first, as <c>--json</c> prints it.</summary>
    public JsonElement Report { get; private set; }

    /// <summary>The address in the report, as in <c>localhost:4711</c>.</summary>
    public string Address => Report.GetProperty("address").GetString()!;

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>What it wrote to its standard error, when it has ended.</summary>
    public Task<string> Error => _error;

    /// <summary>Whether it ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    internal async Task ReadReportAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var line = await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"drift ended before it printed anything.\n{await _error}");
        Report = JsonElement.Parse(line);
    }

    /// <summary>Waits for a line of its standard output that has this in it, and returns the line.</summary>
    public async Task<string> ReadLineAsync(string text, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var line = await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"drift ended without printing '{text}'.\n{await _error}");
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }
    }

    /// <summary>Waits until it has written this to its standard error, and returns all that it has written there.</summary>
    public async Task<string> ReadErrorAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var more = _saidMore;
            lock (_said)
            {
                if (_said.ToString() is var said && said.Contains(text, StringComparison.Ordinal)) return said;
                if (_error.IsCompleted) throw new InvalidOperationException($"drift ended without saying '{text}'.\n{said}");
            }
            await more.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        }
    }

    /// <summary>Stops it with a signal, as Ctrl-C or a service manager does, and returns its exit code.</summary>
    public async Task<int> StopAsync(string signal, CancellationToken cancellationToken)
    {
        if (!_process.HasExited)
        {
            // It may have ended by itself meanwhile.
            await ProcessRun.RunAsync("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)], cancellationToken: cancellationToken);
        }
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        await _error;
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync("INT", CancellationToken.None);
        _process.Dispose();
    }

    private async Task<string> ListenAsync()
    {
        var buffer = new char[4096];
        int read;
        do
        {
            read = await _process.StandardError.ReadAsync(buffer);
            lock (_said) _said.Append(buffer, 0, read);
            Interlocked.Exchange(ref _saidMore, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
        while (read > 0);
        return _said.ToString();
    }
}
