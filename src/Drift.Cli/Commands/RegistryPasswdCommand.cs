// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Oci;
using Drift.Registry;

namespace Drift.Cli;

/// <summary><c>drift registry passwd FILE USER</c></summary>
internal sealed class RegistryPasswdCommand : Command
{
    private readonly Argument<string> _file = new("FILE") { Description = "The file of users for drift registry serve --htpasswd; it is created when missing" };
    private readonly Argument<string> _user = new("USER") { Description = "The user's name" };
    private readonly Option<bool> _delete = new("--delete") { Description = "Take the user out" };

    public RegistryPasswdCommand(CliHost host)
        : base("passwd", "Set a user's password, which is read from standard input or asked for on a terminal; a registry that serves learns of it within a second")
    {
        Arguments.Add(_file);
        Arguments.Add(_user);
        Options.Add(_delete);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var (file, user) = (result.GetRequiredValue(_file), result.GetRequiredValue(_user));
        var change = result.GetValue(_delete) ? "deleted" : await SetAsync(host, file, user, cancellationToken).ConfigureAwait(false) ? "added" : "changed";
        if (change == "deleted" && !await HtpasswdFile.DeleteAsync(file, user, cancellationToken).ConfigureAwait(false))
            throw new DriftException(ErrorCode.NotFound, $"There is no user {user} in {file}.", "Look at the names in the file.");
        var printer = host.Printer(result);
        printer.Result(new PasswdReport(file, user, change), static () => OutputJsonContext.Default.PasswdReport, () => printer.Step($"{change} {user}"));
        return ExitCodes.Ok;
    }

    private static async Task<bool> SetAsync(CliHost host, string file, string user, CancellationToken cancellationToken)
    {
        var password = await (Console.IsInputRedirected ? Terminal.ReadInputAsync(cancellationToken) : new Terminal(host.Error).AskSecretAsync("Password: ", "the password on standard input", cancellationToken)).ConfigureAwait(false);
        return await HtpasswdFile.SetAsync(file, user, password, cancellationToken).ConfigureAwait(false);
    }
}
