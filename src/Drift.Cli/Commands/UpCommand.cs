// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Net;
using Drift.Deployment;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary><c>drift up [DIR]</c>: the whole path, from source to a healthy service on this machine.</summary>
internal sealed class UpCommand : Command
{
    private readonly RecipeChoice _recipe = new();
    private readonly Option<bool> _check = new("--check") { Description = "Stop once it is healthy; succeed only if / and /health answer as they should" };
    private readonly Option<bool> _watch = new("--watch") { Description = "Build again when a file changes, replace the service once the new one is healthy, and have browsers load its pages again" };
    private readonly Option<int> _port = CommonOptions.Port();
    private readonly Option<string?> _platform = new("--platform")
    {
        Description = "The platform to run; a foreign one runs through qemu-user [default: this machine's]",
        HelpName = "OS/ARCH",
    };
    private readonly Option<string?> _runtime = CommonOptions.Runtime();

    public UpCommand(CliHost host)
        : base("up", "Build for every platform, push to the embedded registry, pull from it, run, and wait until healthy")
    {
        _recipe.AddTo(this);
        Options.Add(_check);
        Options.Add(_watch);
        Options.Add(_port);
        Options.Add(_platform);
        Options.Add(_runtime);
        PackSettings.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_check) && result.GetValue(_watch)) result.AddError("--check and --watch exclude each other: one ends when the service answers, and the other goes on.");
        });
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        using var packing = new PackSettings(result, host);
        var platform = result.GetValue(_platform) is { } named ? Platform.Parse(named) : Platform.ThisMachine;
        var settings = new UpSettings(bases => _recipe.Of(result, host, bases), packing, host.Registries(result), platform, result.GetValue(_runtime), printer);
        var port = LocalPort.Choose(result.GetValue(_port));
        if (result.GetValue(_watch)) return await WatchAsync(settings, _recipe.Directory(result, host), port, cancellationToken).ConfigureAwait(false);

        var service = await LocalService.BuildAsync(settings, cancellationToken).ConfigureAwait(false);
        await using var _ = service.ConfigureAwait(false);
        await service.StartAsync(port, cancellationToken).ConfigureAwait(false);
        var isCheck = result.GetValue(_check);
        if (isCheck) await CheckAsync(LocalService.UrlOf(port), service.Image, cancellationToken).ConfigureAwait(false);
        service.Report(port);
        if (isCheck) return ExitCodes.Ok;

        printer.Step("Ctrl-C stops it.");
        var code = await service.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new DriftException(ErrorCode.RuntimeFailed, $"The program ended by itself with exit code {code}.", "Look at what it printed above.");
    }

    private static async Task<int> WatchAsync(UpSettings settings, string directory, int port, CancellationToken cancellationToken)
    {
        // From before the first build, so that no change falls between the two.
        using var watch = new FolderWatch(directory);
        var proxy = await ReloadProxy.StartAsync(port, cancellationToken).ConfigureAwait(false);
        await using var _ = proxy.ConfigureAwait(false);
        var service = new ServiceWatch(settings, watch, proxy, port);
        await using var __ = service.ConfigureAwait(false);
        await service.RunAsync(cancellationToken).ConfigureAwait(false);
        return ExitCodes.Ok;
    }

    private static async Task CheckAsync(Uri url, RecipeImage image, CancellationToken cancellationToken)
    {
        var (status, mediaType, body) = await HealthProbe.FetchAsync(new Uri(url, "/health"), cancellationToken).ConfigureAwait(false);
        if (status != HttpStatusCode.OK || mediaType != "text/plain" || !body.AsSpan().SequenceEqual("OK"u8))
        {
            throw Wrong("/health", "200, text/plain and OK", status, mediaType);
        }
        (status, mediaType, body) = await HealthProbe.FetchAsync(url, cancellationToken).ConfigureAwait(false);
        if (status != HttpStatusCode.OK || (image.Page is { } page && !body.AsSpan().SequenceEqual(page.Span)))
        {
            throw Wrong("/", image.Page is null ? "200" : "200 and the page that was built", status, mediaType);
        }
    }

    private static DriftException Wrong(string path, string expected, HttpStatusCode status, string? mediaType) =>
        new(ErrorCode.NotHealthy, $"{path} should answer {expected}; it answered {(int)status} {mediaType}.", $"Run drift up without --check and look at {path}.");
}
