// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>
/// Builds the same once more in a process of its own, with all changed that must not matter: umask, order of directory entries, number of
/// threads and, where <c>faketime</c> is installed, the clock; without the cache.
/// </summary>
internal static partial class SecondBuild
{
    private const string FakeTime = "faketime", Later = "+400d";
    private const int OnlyMe = 0b000_111_111;

    /// <summary>Asks a build to be the second one; not for people.</summary>
    public static readonly Option<bool> Vary = new("--vary") { Hidden = true };

    /// <summary>Changes what can be changed in this process.</summary>
    public static void VaryProcess()
    {
        AppContext.SetSwitch("Drift.Oci.ReverseDirectoryEntries", true);
        if (!OperatingSystem.IsWindows()) _ = Umask(OnlyMe);
    }

    /// <summary>Builds again into a layout, and returns what was varied.</summary>
    /// <param name="arguments">The first build's, without its destination and what only concerns its output.</param>
    /// <param name="layout">Where to.</param>
    /// <param name="host">The environment.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<string> RunAsync(IEnumerable<string> arguments, string layout, CliHost host, CancellationToken cancellationToken)
    {
        var faketime = (host.Variable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, FakeTime)).FirstOrDefault(File.Exists);
        string[] command = [.. Self(), .. arguments, "-o", "oci:" + layout, "--no-cache", Vary.Name, "--json"];
        if (faketime is not null) command = [faketime, "-f", Later, .. command];
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        // .NET's own setting; one thread where there are several, and several where there is one.
        start.Environment["DOTNET_PROCESSOR_COUNT"] = Environment.ProcessorCount > 1 ? "1" : "4";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            if (process.ExitCode != 0) throw new DriftException(ErrorCode.NotReproducible, $"The second build failed, though the first one did not: {error.Trim()}", "Look at what the build takes from the clock, the umask or other programs.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return faketime is null ? "umask, order of entries and threads (install faketime to change the clock too)" : "clock, umask, order of entries and threads";
    }

    private static string[] Self()
    {
        var host = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, Environment.GetCommandLineArgs()[0]] : [host];
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Umask(int mask);
}
