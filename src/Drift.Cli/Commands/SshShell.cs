// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Drift.Deployment;
using Drift.Machines;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>Runs commands over one connection of <c>ssh</c>; nothing of them is left on the machine, and each ends there when its time is up.</summary>
/// <param name="connection">The connection.</param>
/// <param name="asRoot">Whether they run by <c>sudo</c>.</param>
internal sealed class SshShell(SshConnection connection, bool asRoot) : IShell
{
    private const int MaximumError = 1024 * 1024;
    // What timeout(1) ends with.
    private const int TimedOut = 124;
    // The machine ends a command by itself; without it, the line is dead.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>Makes sure that commands can run as they are to.</summary>
    /// <exception cref="DriftException">They cannot.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var output = await RunAsync("true", Grace, cancellationToken).ConfigureAwait(false);
        if (output.ExitCode == 0) return;
        throw asRoot
            ? new DriftException(ErrorCode.AccessDenied, $"{connection.Host} does not let this user run everything by sudo: {output.Error.Trim()}", "Allow it in /etc/sudoers.d without a password, or leave --sudo out.")
            : new DriftException(ErrorCode.HostNotReady, $"{connection.Host} cannot run commands: {output.Error.Trim()}", "The machine needs sh and timeout; check them with ssh.");
    }

    public async Task<CommandOutput> RunAsync(string command, TimeSpan timeout, CancellationToken cancellationToken, string? input = null)
    {
        var mark = $"\n{Guid.NewGuid():n} ";
        var seconds = Math.Max(0.001, timeout.TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture);
        // The output goes as it is; exit code and errors follow behind the mark. The shell takes line breaks off the end of what it catches: so the code ends it there.
        var script = $"exec 3>&1; e=$({(asRoot ? "sudo -n " : "")}timeout -k 1 {seconds} sh -c {ShellMachine.Quote(command)} 2>&1 >&3 3>&-{(input is null ? " </dev/null" : "")}; printf :%s \"$?\"); printf '\\n%s %s\\n%s' {mark.Trim()} \"${{e##*:}}\" \"${{e%:*}}\"";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout + Grace);
        var started = Stopwatch.StartNew();
        var stream = connection.Start($"exec sh -c {ShellMachine.Quote(script)}");
        await using var _ = stream.ConfigureAwait(false);
        try
        {
            if (input is not null) await stream.WriteAsync(Encoding.UTF8.GetBytes(input), limit.Token).ConfigureAwait(false);
            // The input ends here; what it is told last follows the output.
            var said = stream.EndAsync();
            var all = await ReadAsync(stream, limit.Token).ConfigureAwait(false);
            var end = all.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(mark));
            if (end < 0) throw Lost(await said.ConfigureAwait(false));
            var parts = Encoding.UTF8.GetString(all, end + mark.Length, all.Length - end - mark.Length).Split('\n', 2);
            var exitCode = int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
            return exitCode == TimedOut && started.Elapsed >= timeout ? throw LocalShell.TimedOut(timeout) : new CommandOutput(exitCode, all[..end], parts[1]);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw LocalShell.TimedOut(timeout);
        }
    }

    private static async Task<byte[]> ReadAsync(ProcessStream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (all.Length + read > CommandOutput.MaximumOutput + MaximumError) throw new CheckException($"the command wrote more than {CommandOutput.MaximumOutput} bytes");
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }

    private DriftException Lost(string said) =>
        new(ErrorCode.HostUnreachable, $"The connection to {connection.Host} was lost{(said.Trim() is { Length: > 0 } last ? $": {last.Split('\n')[^1]}" : "")}.", "Try again; nothing was changed there.") { IsTransient = true };
}
