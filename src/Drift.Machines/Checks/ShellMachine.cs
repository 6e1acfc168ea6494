// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Machines;

/// <summary>A machine that is up, which is asked by shell commands alone: nothing is installed there, and nothing is left behind.</summary>
internal sealed class ShellMachine(IShell shell) : IInspectedMachine
{
    // For what the checks themselves ask; a large file over a slow line is the longest of it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public bool IsUp => true;

    public Task<CommandOutput> RunAsync(string command, TimeSpan timeout, CancellationToken cancellationToken, string? input = null) => shell.RunAsync(command, timeout, cancellationToken, input);

    public async Task<FileState?> StatAsync(string path, CancellationToken cancellationToken)
    {
        var quoted = Quote(path);
        var output = await AskAsync($"LC_ALL=C stat -c '%f %u %g %s' -- {quoted} && {{ [ ! -L {quoted} ] || readlink -- {quoted}; }}", cancellationToken).ConfigureAwait(false);
        if (output.ExitCode != 0)
        {
            return output.Error.Contains("No such file", StringComparison.Ordinal) || output.Error.Contains("Not a directory", StringComparison.Ordinal) ? null : throw Refused(output);
        }
        var lines = output.Text.Split('\n', 2);
        return FileState.Parse(lines[0], lines[1].Length > 0 ? lines[1].TrimEnd('\n') : null);
    }

    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var quoted = Quote(path);
        // 66: it is not there. A device or a pipe could go on for ever.
        var output = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"[ -e {quoted} ] || exit 66; [ -f {quoted} ] || {{ echo 'not a regular file' >&2; exit 1; }}; head -c {IInspectedMachine.MaximumFile + 1} -- {quoted}"), cancellationToken).ConfigureAwait(false);
        if (output.ExitCode == 66) return null;
        if (output.ExitCode != 0) throw Refused(output);
        return output.Output.Length <= IInspectedMachine.MaximumFile ? output.Output : throw new CheckException($"{path} is larger than {IInspectedMachine.MaximumFile} bytes");
    }

    public async Task<string> DigestAsync(string path, string algorithm, CancellationToken cancellationToken)
    {
        var output = await AskAsync($"[ -f {Quote(path)} ] || {{ echo 'not a regular file' >&2; exit 1; }}; {algorithm}sum < {Quote(path)}", cancellationToken).ConfigureAwait(false);
        return output.ExitCode == 0 ? output.Text.Split(' ')[0] : throw Refused(output);
    }

    public async Task<bool> IsEnabledAsync(string unit, CancellationToken cancellationToken) =>
        (await AskAsync($"systemctl -q is-enabled -- {Quote(unit)}", cancellationToken).ConfigureAwait(false)).ExitCode switch
        {
            0 => true,
            127 => throw new CheckException("there is no systemctl"),
            _ => false,
        };

    /// <summary>A text as one word of the shell.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private Task<CommandOutput> AskAsync(string command, CancellationToken cancellationToken) => shell.RunAsync(command, Patience, cancellationToken);

    private static CheckException Refused(CommandOutput output) => new(output.Error.Trim() is { Length: > 0 } said ? said.Split('\n')[^1] : string.Create(CultureInfo.InvariantCulture, $"it ended with {output.ExitCode}"));
}
