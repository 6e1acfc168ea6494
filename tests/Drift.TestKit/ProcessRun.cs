// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace Drift.TestKit;

/// <summary>A program that ran to its end, and what it wrote.</summary>
/// <param name="Command">The program and its arguments, for messages.</param>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProcessRun(string Command, int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program to its end; environment variables whose value is null are removed.</summary>
    /// <exception cref="TimeoutException">It did not end in time (default: 60 s) and was killed; the message holds what it wrote.</exception>
    public static async Task<ProcessRun> RunAsync(string program, IEnumerable<string> arguments, string? input = null, TimeSpan? timeout = null,
        string? workingDirectory = null, IReadOnlyDictionary<string, string?>? environment = null, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal)) start.Environment[name] = value;
        var command = string.Join(' ', [program, .. start.ArgumentList]);

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout ?? DefaultTimeout);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await WriteAsync(process, input, limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{command} did not end in time.\n{await output}{await error}", e);
        }
        return new ProcessRun(command, process.ExitCode, await output, await error);
    }

    /// <summary>Returns this run, or throws with all that the program wrote when it did not end with 0.</summary>
    public ProcessRun EnsureSuccess() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"{Command} ended with {ExitCode}.\n{Output}{Error}");

    private static async Task WriteAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of it.
        }
    }
}
