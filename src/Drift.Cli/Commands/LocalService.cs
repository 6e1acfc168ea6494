// SPDX-License-Identifier: Apache-2.0

using Drift.Deployment;
using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;
using Drift.Registry;

namespace Drift.Cli;

/// <summary>
/// A folder's service on this machine: built for every platform, pushed to a registry of its own, pulled from it, and run. Disposing it takes
/// all of that down, in reverse order.
/// </summary>
internal sealed class LocalService : IAsyncDisposable
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(30);
    private readonly UpSettings _settings;
    private readonly Stack<object> _owned = [];
    private ImageLocation _location = null!;
    private ImageOrigin _origin = null!;
    private PackedIndex _index = null!;
    private IReadOnlyList<PlatformReport> _platforms = [];
    private RunningImage _running = null!;
    private LocalRuntime _runtime = null!;

    private LocalService(UpSettings settings) => _settings = settings;

    /// <summary>The image of the platform that is run.</summary>
    public Descriptor Manifest { get; private set; } = null!;

    /// <summary>What was planned for that platform.</summary>
    public RecipeImage Image { get; private set; } = null!;

    /// <summary>Ends with the program, and holds its exit code.</summary>
    public Task<int> Exited => _running.Exited;

    /// <summary>Builds the folder as it is now. Nothing runs yet.</summary>
    public static async Task<LocalService> BuildAsync(UpSettings settings, CancellationToken cancellationToken)
    {
        var service = new LocalService(settings);
        try
        {
            await service.BuildAsync(cancellationToken).ConfigureAwait(false);
            return service;
        }
        catch
        {
            await service.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Pulls the image back, runs it, and waits until it is healthy.</summary>
    /// <param name="port">The port of 127.0.0.1 that it answers at.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        var request = new RunRequest { Source = _origin.Source, Manifest = Manifest, Repository = _location.Reference, Port = port, Output = _settings.Printer.ProgramLine };
        (_running, _runtime) = await RuntimeChoice.StartAsync(_settings.Runtime, _settings.Platform, request, _settings.Printer, cancellationToken).ConfigureAwait(false);
        _owned.Push(_running);
        await HealthProbe.WaitAsync(_running, UrlOf(port), HealthTimeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says what runs where, and how small it is.</summary>
    /// <param name="port">The port that whoever uses it asks.</param>
    public void Report(int port)
    {
        var printer = _settings.Printer;
        var report = new UpReport(UrlOf(port).ToString(), _location.ToString(), _index.Descriptor.Digest.ToString(), _runtime.Name, _settings.Platform.ToString(), _platforms);
        printer.Result(report, static () => OutputJsonContext.Default.UpReport, () =>
        {
            printer.Line($"{report.Url} answers ({report.Platform}, {report.Runtime})");
            printer.Line($"{report.Reference}@{report.Digest}");
            PlatformTable.Print(_platforms, printer);
        });
    }

    public static Uri UrlOf(int port) => new($"http://127.0.0.1:{port}/");

    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var owned))
        {
            if (owned is IAsyncDisposable service) await service.DisposeAsync().ConfigureAwait(false);
            else ((IDisposable)owned).Dispose();
        }
    }

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        var bases = new BaseImages(_settings.Packing);
        await using var _ = bases.ConfigureAwait(false);
        var recipe = _settings.Recipe(bases);
        var storage = Own(TemporaryDirectory.Create());
        var registry = Own(await RegistryServer.StartAsync(new RegistryOptions { StorageDirectory = storage.Path }, cancellationToken).ConfigureAwait(false));
        _location = ImageLocation.Parse($"localhost:{registry.Port}/{recipe.Name}:latest");
        _settings.Printer.Step($"Building {recipe.Description} and pushing it to {_location}");
        (_index, _platforms, var images) = await ImageBuild.RunAsync(recipe, [], _location, _settings.Packing, cancellationToken).ConfigureAwait(false);
        _origin = Own(await ImageOrigin.OpenAsync(_location, _settings.Registries, cancellationToken: cancellationToken).ConfigureAwait(false));
        Manifest = await _origin.Source.SelectPlatformAsync(_origin.Root, _settings.Platform, cancellationToken).ConfigureAwait(false);
        Image = images.First(image => image.Image.Platform.Serves(_settings.Platform));
    }

    private T Own<T>(T owned)
        where T : notnull
    {
        _owned.Push(owned);
        return owned;
    }
}
