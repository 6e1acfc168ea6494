// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;

namespace Drift.TestKit;

/// <summary>A Docker Engine of the tests' own: Debian's <c>dockerd</c> with its own socket and storage.</summary>
public sealed class DockerEngine : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Process _process;

    private DockerEngine(string program)
    {
        Host = "unix://" + _folder.Combine("docker.sock");
        _process = Process.Start(new ProcessStartInfo(program,
            ["--data-root", _folder.Combine("data"), "--exec-root", _folder.Combine("exec"), "--pidfile", _folder.Combine("pid"), "--host", Host])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += Log;
        _process.ErrorDataReceived += Log;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The value of <c>DOCKER_HOST</c> that reaches it.</summary>
    public string Host { get; }

    private List<string> Lines { get; } = [];

    /// <summary>Starts an engine and waits until it answers; skips the test without root or without <c>dockerd</c>.</summary>
    public static async Task<DockerEngine> StartAsync(CancellationToken cancellationToken)
    {
        var program = Need.Program("dockerd");
        Need.Program("docker");
        Need.That(Environment.IsPrivilegedProcess, "dockerd needs root");
        var engine = new DockerEngine(program);
        var watch = Stopwatch.StartNew();
        while ((await engine.RunAsync(["version", "--format", "{{.Server.Version}}"], cancellationToken)).ExitCode != 0)
        {
            if (engine._process.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                await engine.DisposeAsync();
                throw new InvalidOperationException($"dockerd did not start.\n{string.Join('\n', engine.Lines)}");
            }
            await Task.Delay(100, cancellationToken);
        }
        return engine;
    }

    /// <summary>Runs the Docker command line against this engine.</summary>
    public Task<ProcessRun> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProcessRun.RunAsync("docker", arguments, environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOCKER_HOST"] = Host }, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])!;
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        _process.Dispose();
        // Where the machine's mounts are private, dockerd mounts its storage onto itself and leaves that behind.
        await Mounts.DetachBelowAsync(_folder.Path);
        _folder.Dispose();
    }

    private void Log(object sender, DataReceivedEventArgs line)
    {
        lock (Lines)
        {
            if (line.Data is not null && Lines.Count < 1000) Lines.Add(line.Data);
        }
    }
}
