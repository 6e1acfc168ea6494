// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Net;
using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;
using Drift.Registry;

namespace Drift.Cli;

/// <summary><c>drift up [DIR]</c>: the whole path, from source to a healthy service on this machine.</summary>
internal sealed class UpCommand : Command
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(30);
    private readonly RecipeChoice _recipe = new();
    private readonly Option<bool> _check = new("--check") { Description = "Stop once it is healthy; succeed only if / and /health answer as they should" };
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
        Options.Add(_port);
        Options.Add(_platform);
        Options.Add(_runtime);
        PackSettings.AddTo(this);
        SetAction((result, cancellationToken) => RunAsync(result, host, cancellationToken));
    }

    private async Task<int> RunAsync(ParseResult result, CliHost host, CancellationToken cancellationToken)
    {
        var printer = host.Printer(result);
        using var settings = new PackSettings(result, host);
        var bases = new BaseImages(settings);
        await using var _ = bases.ConfigureAwait(false);
        var recipe = _recipe.Of(result, host, bases);
        var platform = result.GetValue(_platform) is { } named ? Platform.Parse(named) : Platform.ThisMachine;
        var port = LocalPort.Choose(result.GetValue(_port));

        // 1. Build, and push to a registry of this run's own.
        using var storage = TemporaryDirectory.Create();
        var registry = await RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = storage.Path }, cancellationToken).ConfigureAwait(false);
        await using var __ = registry.ConfigureAwait(false);
        var location = ImageLocation.Parse($"localhost:{registry.Port}/{recipe.Name}:latest");
        printer.Step($"Building {recipe.Description} and pushing it to {location}");
        var (index, reports, images) = await ImageBuild.RunAsync(recipe, [], location, settings, cancellationToken).ConfigureAwait(false);

        // 2. Pull it back and run it.
        var origin = await ImageOrigin.OpenAsync(location, host.Registries(result), cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var ___ = origin.ConfigureAwait(false);
        var request = new RunRequest
        {
            Source = origin.Source,
            Manifest = await origin.Source.SelectPlatformAsync(origin.Root, platform, cancellationToken).ConfigureAwait(false),
            Repository = location.Reference,
            Port = port,
            Output = printer.ProgramLine,
        };
        var (running, runtime) = await RuntimeChoice.StartAsync(result.GetValue(_runtime), platform, request, printer, cancellationToken).ConfigureAwait(false);
        await using var ____ = running.ConfigureAwait(false);

        // 3. Wait until it is healthy, and say what runs where.
        var url = new Uri($"http://127.0.0.1:{port}/");
        await HealthProbe.WaitAsync(running, url, HealthTimeout, cancellationToken).ConfigureAwait(false);
        if (result.GetValue(_check))
        {
            await CheckAsync(url, images.First(image => image.Image.Platform.Serves(platform)), cancellationToken).ConfigureAwait(false);
        }
        var report = new UpReport(url.ToString(), location.ToString(), index.Descriptor.Digest.ToString(), runtime.Name, platform.ToString(), reports);
        printer.Result(report, static () => OutputJsonContext.Default.UpReport, () =>
        {
            printer.Line($"{report.Url} answers ({report.Platform}, {report.Runtime})");
            printer.Line($"{report.Reference}@{report.Digest}");
            PlatformTable.Print(reports, printer);
        });
        if (result.GetValue(_check)) return ExitCodes.Ok;

        printer.Step("Ctrl-C stops it.");
        var code = await running.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new DriftException(ErrorCode.RuntimeFailed, $"The program ended by itself with exit code {code}.", "Look at what it printed above.");
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
