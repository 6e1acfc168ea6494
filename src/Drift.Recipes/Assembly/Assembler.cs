// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>clang and lld, as found on <c>PATH</c>.</summary>
internal static class Assembler
{
    private const int MaximumMessage = 8 * 1024;

    /// <summary>Assembles and links one static executable without libc. The bytes depend on the sources alone.</summary>
    public static async Task<byte[]> AssembleAsync(AssemblySources sources, CancellationToken cancellationToken)
    {
        var temporary = Directory.CreateTempSubdirectory("drift-");
        try
        {
            var output = Path.Combine(temporary.FullName, "program");
            var root = Path.GetFullPath(sources.Directory);
            // Relative names: what clang says about them is what the user has typed, and no folder's name gets into the binary.
            string[] arguments =
            [
                $"--target={sources.Architecture.Target}", "-nostdlib", "-static", "-fuse-ld=lld", "-fno-color-diagnostics",
                "-Wl,--build-id=none,--strip-all,-z,noexecstack,--entry=_start,--fatal-warnings", "-I", ".", "-I", "include",
                .. sources.Files.Select(file => Path.GetRelativePath(root, file)), "-o", output,
            ];
            var (exitCode, message) = await RunAsync(root, arguments, cancellationToken).ConfigureAwait(false);
            if (exitCode != 0)
            {
                throw new DriftException(ErrorCode.AssemblyFailed, $"{sources.Directory} does not assemble for {sources.Architecture.Platform}:\n{message}",
                    "Correct the first line that clang names.");
            }
            var elf = await File.ReadAllBytesAsync(output, cancellationToken).ConfigureAwait(false);
            return elf;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Message)> RunAsync(string directory, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("clang", arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DriftException(ErrorCode.ToolMissing, "clang is not installed; assembly sources need it.", "Install clang and lld, on Debian with: apt-get install clang lld", e);
        }
        using (process)
        {
            process.StandardInput.Close();
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
                var error = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
                await output.ConfigureAwait(false);
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                if (process.ExitCode != 0 && error.Contains("invalid linker name", StringComparison.Ordinal))
                {
                    throw new DriftException(ErrorCode.ToolMissing, "lld is not installed; assembly sources need it.", "Install lld, on Debian with: apt-get install lld");
                }
                return (process.ExitCode, error.Length > MaximumMessage ? error[..MaximumMessage] + "…" : error.TrimEnd());
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
