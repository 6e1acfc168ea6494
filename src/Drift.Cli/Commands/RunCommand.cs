// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift run SOURCE</c></summary>
internal sealed class RunCommand : Command
{
    private readonly Argument<string> _source = new("SOURCE") { Description = CommonOptions.Sources };
    private readonly Option<int> _port = CommonOptions.Port();
    private readonly Option<string?> _platform = new("--platform")
    {
        Description = "The platform to take from an index; a foreign one runs through qemu-user [default: this machine's]",
        HelpName = "OS/ARCH",
    };
    private readonly Option<string?> _runtime = CommonOptions.Runtime();

    public RunCommand(CliHost host)
        : base("run", "Run an image with what the machine has: docker, podman or plain namespaces")
    {
        Arguments.Add(_source);
        Options.Add(_port);
        Options.Add(_platform);
        Options.Add(_runtime);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        var location = ImageLocation.Parse(result.GetRequiredValue(_source));
        var platform = result.GetValue(_platform) is { } named ? Platform.Parse(named) : Platform.ThisMachine;
        var port = LocalPort.Choose(result.GetValue(_port));
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = origin.ConfigureAwait(false);
        var request = new RunRequest
        {
            Source = origin.Source,
            Manifest = await origin.Source.SelectPlatformAsync(origin.Root, platform, cancellationToken).ConfigureAwait(false),
            Repository = location.Reference,
            Port = port,
            Output = line => host.Output.WriteLine(line),
        };
        var (running, runtime) = await RuntimeChoice.StartAsync(result.GetValue(_runtime), platform, request, printer, cancellationToken).ConfigureAwait(false);
        await using var __ = running.ConfigureAwait(false);
        printer.Step($"{request.Manifest.Digest} runs ({platform}, {runtime.Name}); a service answers at http://127.0.0.1:{port}/. Ctrl-C stops it.");
        // Like docker run: the program's own exit code.
        return await running.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
