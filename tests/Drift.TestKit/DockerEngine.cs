// SPDX-License-Identifier: Apache-2.0

namespace Drift.TestKit;

/// <summary>A Docker Engine of the tests' own: Debian's <c>dockerd</c> with its own socket and storage.</summary>
public sealed class DockerEngine : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Daemon _daemon;

    private DockerEngine()
    {
        _daemon = new Daemon(_folder);
        Host = "unix://" + _folder.Combine("docker.sock");
    }

    /// <summary>The value of <c>DOCKER_HOST</c> that reaches it.</summary>
    public string Host { get; }

    /// <summary>Starts an engine and waits until it answers; skips the test without root or without <c>dockerd</c>.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="isAlone">Whether it is in a network of its own, where no registry is: two engines in this machine's network clash over its bridge and packet filter.</param>
    public static async Task<DockerEngine> StartAsync(CancellationToken cancellationToken, bool isAlone = false)
    {
        var program = Need.Program("dockerd");
        Need.Program("docker");
        Need.That(Environment.IsPrivilegedProcess, "dockerd needs root");
        var engine = new DockerEngine();
        await engine._daemon.StartAsync(isAlone ? Need.Program("unshare") : program,
            [.. isAlone ? ["--net", program] : Array.Empty<string>(), "--data-root", engine._folder.Combine("data"), "--exec-root", engine._folder.Combine("exec"), "--pidfile", engine._folder.Combine("pid"), "--host", engine.Host],
            () => engine.RunAsync(["version", "--format", "{{.Server.Version}}"], cancellationToken), cancellationToken);
        return engine;
    }

    /// <summary>Runs the Docker command line against this engine.</summary>
    public Task<ProcessRun> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProcessRun.RunAsync("docker", arguments, environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOCKER_HOST"] = Host }, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _daemon.DisposeAsync();
}
