// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;

namespace Drift.Machines;

/// <summary>Runs commands on this machine.</summary>
/// <param name="wrapper">A program and its arguments that run <c>sh -c COMMAND</c>, which is put behind them; empty for none.</param>
internal sealed class LocalShell(params string[] wrapper) : IShell
{
    public async Task<CommandOutput> RunAsync(string command, TimeSpan timeout, CancellationToken cancellationToken, string? input = null)
    {
        string[] all = [.. wrapper, "sh", "-c", command];
        var start = new ProcessStartInfo(all[0], all[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await WriteAsync(process, input).ConfigureAwait(false);
            var error = ReadAsync(process.StandardError.BaseStream, limit.Token);
            var output = ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            await Task.WhenAll(output, error).WaitAsync(limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new CommandOutput(process.ExitCode, await output.ConfigureAwait(false), Encoding.UTF8.GetString(await error.ConfigureAwait(false)));
        }
        catch (Exception e)
        {
            process.Kill(entireProcessTree: true);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested) throw TimedOut(timeout);
            throw;
        }
    }

    /// <summary>What a check says whose command took too long.</summary>
    public static CheckException TimedOut(TimeSpan timeout) => new($"Command execution timed out ({GoDuration.Text(timeout)})");

    private static async Task WriteAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading, and says why.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (all.Length + read > CommandOutput.MaximumOutput) throw new CheckException($"the command wrote more than {CommandOutput.MaximumOutput} bytes");
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }
}
