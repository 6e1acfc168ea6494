// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>The two containers of an application, by their colours.</summary>
internal sealed class AppContainers(DockerClient docker, string app)
{
    private const int LogLines = 50;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    public static string NameOf(string app, Colour colour) => $"drift-{app}-{(colour == Colour.Blue ? "blue" : "green")}";

    public Task<EngineState?> FindAsync(Colour colour, CancellationToken cancellationToken) => docker.FindContainerAsync(NameOf(app, colour), cancellationToken);

    public async Task CreateAsync(Colour colour, JsonObject settings, CancellationToken cancellationToken)
    {
        await docker.RemoveAsync(NameOf(app, colour), cancellationToken).ConfigureAwait(false);
        await docker.CreateAsync(NameOf(app, colour), settings, cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(Colour colour, CancellationToken cancellationToken) => docker.StartAsync(NameOf(app, colour), cancellationToken);

    /// <summary>Whether it comes back by itself after a reboot or a failure, or stays as it is.</summary>
    public Task SetRestartAsync(Colour colour, bool comesBack, CancellationToken cancellationToken) => docker.SetRestartAsync(NameOf(app, colour), comesBack ? "unless-stopped" : "no", cancellationToken);

    public Task StopAsync(Colour colour, CancellationToken cancellationToken) => docker.StopAsync(NameOf(app, colour), StopPatience, cancellationToken);

    public Task RemoveAsync(Colour colour, CancellationToken cancellationToken) => docker.RemoveAsync(NameOf(app, colour), cancellationToken);

    /// <summary>The last lines that it printed, for an error.</summary>
    public async Task<string> LastLinesAsync(Colour colour, CancellationToken cancellationToken)
    {
        var lines = new Queue<string>();
        try
        {
            var log = await docker.OpenLogsAsync(NameOf(app, colour), follow: false, LogLines, cancellationToken).ConfigureAwait(false);
            await using var _ = log.ConfigureAwait(false);
            await ContainerLog.ReadAsync(log, line =>
            {
                lines.Enqueue(line);
                if (lines.Count > LogLines) lines.Dequeue();
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DriftException or IOException)
        {
            // The failure itself is what counts.
        }
        return lines.Count == 0 ? "It printed nothing." : "The last that it printed:\n" + string.Join('\n', lines.Select(line => "  | " + line));
    }
}
