// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>Asks the person at the terminal; where there is none, says which option to use.</summary>
internal sealed class Terminal(TextWriter prompts)
{
    /// <summary>Asks for a line.</summary>
    public Task<string> AskAsync(string prompt, string option, CancellationToken cancellationToken) => AskAsync(prompt, option, static () => Console.ReadLine()?.Trim() ?? "", cancellationToken);

    /// <summary>Asks for a line that is not shown while it is typed.</summary>
    public async Task<string> AskSecretAsync(string prompt, string option, CancellationToken cancellationToken)
    {
        var secret = await AskAsync(prompt, option, ReadSecret, cancellationToken).ConfigureAwait(false);
        await prompts.WriteLineAsync().ConfigureAwait(false);
        return secret;
    }

    /// <summary>Reads a password from standard input.</summary>
    public static async Task<string> ReadInputAsync(CancellationToken cancellationToken)
    {
        // Longer than any token, and short enough for a header.
        var buffer = new char[32 * 1024 + 1];
        using var input = new StreamReader(Console.OpenStandardInput());
        var read = await input.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read == buffer.Length) throw new DriftException(ErrorCode.InvalidSetting, "The password on standard input is longer than 32 KiB.", "Pass the password alone.");
        // A service account's key is a file of many lines; what ends the last one belongs to none.
        return new string(buffer, 0, read).TrimEnd('\r', '\n');
    }

    private static string ReadSecret()
    {
        var line = new List<char>();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace && line.Count > 0) line.RemoveAt(line.Count - 1);
            else if (!char.IsControl(key.KeyChar)) line.Add(key.KeyChar);
        }
        return new string([.. line]);
    }

    private async Task<string> AskAsync(string prompt, string option, Func<string> read, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected) throw new DriftException(ErrorCode.InvalidSetting, $"There is no terminal to ask at for the {prompt.TrimEnd(' ', ':').ToLowerInvariant()}.", $"Pass {option}.");
        await prompts.WriteAsync(prompt.AsMemory(), cancellationToken).ConfigureAwait(false);
        // Reading from a terminal cannot be cancelled; the process ends without it.
        return await Task.Run(read, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
