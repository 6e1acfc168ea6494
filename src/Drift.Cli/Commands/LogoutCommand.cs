// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace Drift.Cli;

/// <summary><c>drift logout HOST</c></summary>
internal sealed class LogoutCommand : Command
{
    private readonly Argument<string> _host = RegistryHost.Argument();

    public LogoutCommand(CliHost host)
        : base("logout", "Forget the credentials for a registry, wherever Docker, podman or drift login keep them")
    {
        Arguments.Add(_host);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var registry = RegistryHost.Parse(result.GetRequiredValue(_host));
        var places = await CredentialSettings.Store(host).EraseAsync(registry, cancellationToken).ConfigureAwait(false);
        var printer = host.Printer(result);
        printer.Result(new LogoutReport(registry, places), static () => OutputJsonContext.Default.LogoutReport, () =>
        {
            foreach (var place in places) printer.Step($"taken out of {place}");
            if (places.Count == 0) printer.Step($"nothing was kept for {registry}");
        });
        return ExitCodes.Ok;
    }
}
