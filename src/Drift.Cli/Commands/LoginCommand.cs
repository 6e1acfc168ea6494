// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift login HOST</c></summary>
internal sealed class LoginCommand : Command
{
    private readonly Argument<string> _host = RegistryHost.Argument();
    private readonly Option<string?> _username = new("--username", "-u") { Description = "The user's name [default: asked for on a terminal]", HelpName = "NAME" };
    private readonly Option<bool> _passwordStdin = new("--password-stdin") { Description = "Read the password, or access token, from standard input [default: asked for on a terminal]" };

    public LoginCommand(CliHost host)
        : base("login", "Check a name and a password with a registry, and keep them where Docker and podman find them too")
    {
        Arguments.Add(_host);
        Options.Add(_username);
        Options.Add(_passwordStdin);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var registry = RegistryHost.Parse(result.GetRequiredValue(_host));
        var store = CredentialSettings.Store(host);
        var terminal = new Terminal(host.Error);
        var username = result.GetValue(_username) ?? await terminal.AskAsync("Username: ", "--username NAME", cancellationToken).ConfigureAwait(false);
        // The standards send name and password with a colon between them.
        if (username.Length == 0 || username.Any(c => c == ':' || char.IsControl(c))) throw new DriftException(ErrorCode.InvalidSetting, "The name is empty, or holds a colon or a control character.", "Pass the user's name with --username.");
        var password = await (result.GetValue(_passwordStdin) ? Terminal.ReadInputAsync(cancellationToken) : terminal.AskSecretAsync("Password: ", "--password-stdin", cancellationToken)).ConfigureAwait(false);
        if (password.Length == 0) throw new DriftException(ErrorCode.InvalidSetting, "The password is empty.", "Pass it on standard input: drift login HOST --username NAME --password-stdin < FILE.");

        var credential = new RegistryCredential { Username = username, Password = password, Origin = "given to drift login" };
        bool isChecked;
        using (var client = RegistrySettings.Create(result, host, new HostCredential(registry, credential)))
        {
            isChecked = await client.CheckAccessAsync(registry, cancellationToken).ConfigureAwait(false);
        }
        var place = await store.StoreAsync(registry, credential, cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new LoginReport(registry, username, place, isChecked), static () => OutputJsonContext.Default.LoginReport, () =>
        {
            printer.Step(isChecked ? $"{registry} knows {username}" : $"{registry} lets everyone in, so name and password are not checked");
            printer.Step($"kept in {place}");
        });
        return ExitCodes.Ok;
    }
}
