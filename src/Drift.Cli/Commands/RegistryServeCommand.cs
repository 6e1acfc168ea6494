// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Registry;

namespace Drift.Cli;

/// <summary><c>drift registry serve</c></summary>
internal sealed class RegistryServeCommand : Command
{
    private readonly Option<int> _port = CommonOptions.Port(5000);
    private readonly Option<string?> _storage = new("--storage") { Description = "The folder to store in [default: $XDG_DATA_HOME/drift/registry]", HelpName = "DIR" };

    public RegistryServeCommand(CliHost host)
        : base("serve", "Serve images on 127.0.0.1 until Ctrl-C")
    {
        Options.Add(_port);
        Options.Add(_storage);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var port = result.GetValue(_port);
        var storage = Path.GetFullPath(result.GetValue(_storage) ?? DefaultStorage(host));
        var server = await RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = storage, Port = port }, cancellationToken).ConfigureAwait(false);
        await using var _ = server.ConfigureAwait(false);
        var report = new ServeReport($"localhost:{server.Port}", storage);
        var printer = host.Printer(result);
        printer.Result(report, static () => OutputJsonContext.Default.ServeReport, () => printer.Line($"{report.Address} serves {report.Storage}"));
        await server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        // Ctrl-C is how a server ends.
        return ExitCodes.Ok;
    }

    /// <summary>The user's data folder (XDG Base Directory Specification).</summary>
    private static string DefaultStorage(CliHost host) => Path.Combine(
        host.Variable("XDG_DATA_HOME") ?? Path.Combine(host.Variable("HOME") ?? ".", ".local", "share"), "drift", "registry");
}
