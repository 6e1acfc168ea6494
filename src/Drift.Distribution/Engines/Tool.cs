// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Runtime.InteropServices;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>Programs of this machine.</summary>
internal static partial class Tool
{
    private const int SigTerm = 15;
    // Between closing its input and being gone.
    private static readonly TimeSpan BrokenPipe = TimeSpan.FromSeconds(2);

    /// <summary>The path of a program that <c>PATH</c>, or else one of these folders, finds; null when it is not installed.</summary>
    public static string? Find(string program, IReadOnlyList<string>? directories = null) =>
        (directories ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <param name="program">A name that <c>PATH</c> finds, or a path.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <param name="input">Writes what it reads; null for nothing. A program that ends before it has read all is no error here.</param>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, Func<Stream, Task>? input = null)
    {
        using var process = Start(program, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(process, input).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ToolResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch
        {
            // It must not take half of its input for the whole.
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program whose input, output and errors are pipes.</summary>
    /// <param name="program">A name that <c>PATH</c> finds, or a path.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="environment">The whole environment; null for this process's.</param>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment) start.Environment[name] = value;
        }
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DriftException(ErrorCode.ToolMissing, $"{program} cannot be started: {e.Message}", $"Install {Path.GetFileName(program)}.", e);
        }
    }

    /// <summary>Asks a process to end; one that is gone already is no error.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    private static async Task WriteAsync(Process process, Func<Stream, Task>? input)
    {
        try
        {
            if (input is not null) await input(process.StandardInput.BaseStream).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException) when (process.WaitForExit(BrokenPipe) && process.ExitCode != 0)
        {
            // The pipe broke because the program ended; why it did, it has said itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
