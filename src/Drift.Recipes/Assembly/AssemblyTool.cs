// SPDX-License-Identifier: Apache-2.0

using System.ComponentModel;
using System.Diagnostics;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>An assembler or the linker, as found on <c>PATH</c>.</summary>
/// <param name="Program">The program's name.</param>
/// <param name="Package">The Debian package that has it.</param>
internal sealed record AssemblyTool(string Program, string Package)
{
    private const int MaximumOutput = 256 * 1024;
    private const int NoSuchFile = 2;

    // What these say would change the bytes.
    private static readonly string[] Variables = ["CCC_OVERRIDE_OPTIONS", "CPATH", "C_INCLUDE_PATH", "NASMENV"];

    public static AssemblyTool Clang { get; } = new("clang", "clang");

    public static AssemblyTool Nasm { get; } = new("nasm", "nasm");

    public static AssemblyTool Lld { get; } = new("ld.lld", "lld");

    /// <summary>Runs the program in a folder; null when it succeeds, or else what it says, of which only the beginning is kept.</summary>
    /// <exception cref="DriftException">It is not installed: <see cref="ErrorCode.ToolMissing"/>.</exception>
    public async Task<string?> RunAsync(string directory, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        foreach (var name in Variables) start.Environment.Remove(name);
        using var process = Start(start);
        try
        {
            process.StandardInput.Close();
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            var said = new char[MaximumOutput];
            var count = await process.StandardError.ReadBlockAsync(said, cancellationToken).ConfigureAwait(false);
            while (await process.StandardError.ReadAsync(new char[MaximumOutput], cancellationToken).ConfigureAwait(false) > 0)
            {
                // Whoever has so much to say must not wait for a reader.
            }
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? null : new string(said, 0, count);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e) when (e.NativeErrorCode == NoSuchFile)
        {
            throw new DriftException(ErrorCode.ToolMissing, $"{Program} is not installed; these assembly sources need it.", $"Install it, on Debian with: apt-get install {Package}", e);
        }
        catch (Win32Exception e)
        {
            throw new DriftException(ErrorCode.ToolMissing, $"{Program} cannot be started: {e.Message}", $"Install it again, on Debian with: apt-get install --reinstall {Package}", e);
        }
    }
}
