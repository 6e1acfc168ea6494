// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net;

namespace Drift.TestKit;

/// <summary>
/// Debian's <c>docker-registry</c> on a port of 127.0.0.1, with deletion enabled unless it is not to be, and a storage of its own. One that asks for a login knows
/// <see cref="Username"/> with <see cref="Password"/>.
/// </summary>
public sealed class DebianRegistry : IAsyncDisposable
{
    /// <summary>The user's name.</summary>
    public const string Username = "tester";

    /// <summary>The user's password.</summary>
    public const string Password = "open sesame";

    // The password by bcrypt, as htpasswd -B writes it.
    private const string PasswordFile = Username + ":$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;
    private int _disposed;

    private DebianRegistry(string program, bool asksForLogin, Uri? upstream, bool deletes)
    {
        Port = FreePort.Find();
        var auth = asksForLogin ? $"auth: {{htpasswd: {{realm: test, path: {_directory.Write("htpasswd", PasswordFile)}}}}}" : "";
        var config = _directory.Write("config.yml", $$"""
            version: 0.1
            log: {level: error}
            storage:
              filesystem: {rootdirectory: {{_directory.Combine("storage")}}}
              delete: {enabled: {{(deletes ? "true" : "false")}}}
            http: {addr: "127.0.0.1:{{Port}}"}
            {{auth}}
            {{(upstream is null ? "" : $"proxy: {{remoteurl: {upstream}}}")}}
            """);
        _process = Process.Start(new ProcessStartInfo(program, ["serve", config]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start");
        // Nobody needs its log, but a full pipe would stop it.
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>Where it answers.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>What stands before the repository's name in a reference.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <summary>
    /// Starts it, as a pull-through cache when an upstream is named, and waits until it answers; skips the test when it is not installed.
    /// </summary>
    public static async Task<DebianRegistry> StartAsync(CancellationToken cancellationToken, bool asksForLogin = false, Uri? upstream = null, bool deletes = true)
    {
        var registry = new DebianRegistry(Need.Program("docker-registry"), asksForLogin, upstream, deletes);
        try
        {
            await registry.WaitUntilReadyAsync(cancellationToken);
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts other bytes in the place of a blob, as a damaged disk would.</summary>
    public Task ReplaceBlobAsync(string sha256, byte[] content) =>
        File.WriteAllBytesAsync(_directory.Combine("storage", "docker", "registry", "v2", "blobs", "sha256", sha256[..2], sha256, "data"), content);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(Address, "v2/"), cancellationToken);
                if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Unauthorized) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            if (_process.HasExited) throw new InvalidOperationException($"docker-registry ended with {_process.ExitCode}.");
            if (watch.Elapsed > StartTimeout) throw new TimeoutException("docker-registry did not answer.");
            await Task.Delay(20, cancellationToken);
        }
    }
}
