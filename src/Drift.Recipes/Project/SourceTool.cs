// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>Runs the program that keeps a folder's history.</summary>
internal static class SourceTool
{
    private const int MaximumOutput = 16 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs it, and returns at most 16 KiB of what it prints; null when it does not end with 0.</summary>
    public static async Task<string?> RunAsync(string program, IEnumerable<string> arguments, string directory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C", ["GIT_OPTIONAL_LOCKS"] = "0", ["GIT_TERMINAL_PROMPT"] = "0" },
        };
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            process.StandardInput.Close();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var output = new char[MaximumOutput];
            var count = await process.StandardOutput.ReadBlockAsync(output, limit.Token).ConfigureAwait(false);
            // That there is more than is read is answer enough.
            if (count == output.Length) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return count == output.Length ? new string(output) : process.ExitCode == 0 ? new string(output, 0, count).TrimEnd('\n') : null;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new DriftException(ErrorCode.SourceNotFound, $"{program} did not end within {Timeout.TotalSeconds} seconds in {directory}.", "Run it yourself to see why, or leave git out.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DriftException(ErrorCode.ToolMissing, $"{start.FileName} is not installed; what needs the commit asks it.", $"Install it, on Debian with: apt-get install {start.FileName}", e);
        }
    }
}
