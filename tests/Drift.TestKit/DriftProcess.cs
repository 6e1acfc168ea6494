// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json;

namespace Drift.TestKit;

/// <summary>A running <c>drift up</c>, <c>run</c> or <c>registry serve</c>.</summary>
public sealed class DriftProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    internal DriftProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
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
}
