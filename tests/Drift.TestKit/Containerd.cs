// SPDX-License-Identifier: Apache-2.0

namespace Drift.TestKit;

/// <summary>A containerd of the tests' own: Debian's, with its own socket and storage.</summary>
public sealed class Containerd : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly Daemon _daemon;

    private Containerd()
    {
        _daemon = new Daemon(_folder);
        Address = _folder.Combine("containerd.sock");
    }

    /// <summary>The value of <c>CONTAINERD_ADDRESS</c> that reaches it.</summary>
    public string Address { get; }

    /// <summary>Starts containerd and waits until it answers; skips the test without root, <c>containerd</c> or <c>runc</c>.</summary>
    public static async Task<Containerd> StartAsync(CancellationToken cancellationToken)
    {
        var program = Need.Program("containerd");
        Need.Program("ctr");
        Need.Program("runc");
        Need.That(Environment.IsPrivilegedProcess, "containerd needs root");
        var engine = new Containerd();
        var config = engine._folder.Write("config.toml", $$"""
            version = 2
            root = "{{engine._folder.Combine("root")}}"
            state = "{{engine._folder.Combine("state")}}"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
            address = "{{engine.Address}}"
            [plugins."io.containerd.internal.v1.opt"]
            path = "{{engine._folder.Combine("opt")}}"
            """);
        await engine._daemon.StartAsync(program, ["--config", config], () => engine.RunAsync(["version"], cancellationToken), cancellationToken);
        return engine;
    }

    /// <summary>Runs containerd's own client against this containerd.</summary>
    public Task<ProcessRun> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProcessRun.RunAsync("ctr", arguments, environment: new Dictionary<string, string?>(StringComparer.Ordinal) { ["CONTAINERD_ADDRESS"] = Address }, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _daemon.DisposeAsync();
}
