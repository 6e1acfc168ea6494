// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary><c>drift up --watch</c>: when the folder changes, the service is built again, and replaced once the new one is healthy.</summary>
/// <param name="settings">What to build and run.</param>
/// <param name="watch">Watches its folder.</param>
/// <param name="proxy">Stands before it.</param>
/// <param name="port">The proxy's port.</param>
internal sealed class ServiceWatch(UpSettings settings, FolderWatch watch, ReloadProxy proxy, int port) : IAsyncDisposable
{
    private LocalService? _service;
    private bool _isRunning;

    /// <summary>Starts the service, and goes on until it is stopped.</summary>
    /// <exception cref="DriftException">It cannot be started for the first time.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ReplaceAsync(cancellationToken).ConfigureAwait(false);
        settings.Printer.Step("A change builds it again; Ctrl-C stops it.");
        while (true)
        {
            await ChangeAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await ReplaceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DriftException e)
            {
                settings.Printer.Error(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A file that went while it was read.
                settings.Printer.Error(new DriftException(ErrorCode.FileSystem, e.Message, "Save the files again."));
            }
        }
    }

    public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        var change = watch.WaitAsync(cancellationToken);
        if (_isRunning && await Task.WhenAny(change, _service!.Exited).ConfigureAwait(false) != change)
        {
            _isRunning = false;
            proxy.Switch(null);
            settings.Printer.Error(new DriftException(ErrorCode.RuntimeFailed, $"The program ended by itself with exit code {await _service.Exited.ConfigureAwait(false)}.", "Change a file to start it again."));
        }
        await change.ConfigureAwait(false);
    }

    private async Task ReplaceAsync(CancellationToken cancellationToken)
    {
        var next = await LocalService.BuildAsync(settings, cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isRunning && next.Manifest.Digest == _service!.Manifest.Digest)
            {
                settings.Printer.Step("The image is the same; it goes on running.");
                return;
            }
            var inside = LocalPort.Choose(0);
            await next.StartAsync(inside, cancellationToken).ConfigureAwait(false);
            proxy.Switch(LocalService.UrlOf(inside));
            next.Report(port);
            _isRunning = true;
            // The old one is what is disposed below.
            (_service, next) = (next, _service);
        }
        finally
        {
            if (next is not null) await next.DisposeAsync().ConfigureAwait(false);
        }
    }
}
