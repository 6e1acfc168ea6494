// SPDX-License-Identifier: Apache-2.0

namespace Drift.TestKit;

/// <summary>Debian's <c>nginx</c> with one folder on a port of 127.0.0.1, set as Debian sets it.</summary>
public sealed class Nginx : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Daemon _daemon;

    private Nginx() => _daemon = new Daemon(_folder);

    /// <summary>Where it answers.</summary>
    public required Uri Address { get; init; }

    /// <summary>Starts it and waits until it answers; skips the test when it is not installed.</summary>
    public static async Task<Nginx> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var program = Need.Program("nginx");
        var port = FreePort.Find();
        var nginx = new Nginx { Address = new Uri($"http://127.0.0.1:{port}/") };
        // One process: the folder belongs to whoever runs the test, and what is stopped leaves no worker behind.
        var configuration = nginx._folder.Write("nginx.conf", $$"""
            daemon off; master_process off; pid {{nginx._folder.Combine("pid")}};
            events { worker_connections 768; }
            http {
              sendfile on; tcp_nopush on; gzip on; access_log off;
              include /etc/nginx/mime.types; default_type application/octet-stream;
              server { listen 127.0.0.1:{{port}}; root {{folder}}; }
            }
            """);
        await nginx._daemon.StartAsync(program, ["-e", "stderr", "-c", configuration],
            () => ProcessRun.RunAsync("bash", ["-c", $": </dev/tcp/127.0.0.1/{port}"], cancellationToken: cancellationToken), cancellationToken);
        return nginx;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _daemon.DisposeAsync();
}
