// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>The hardened base machine as a folder, made once and kept; and copies of it that are changed.</summary>
public sealed class BaseMachineFixture : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private readonly TemporaryDirectory _copies = new();
    private int _count;

    /// <summary>The goss file that says what it is.</summary>
    public static string Goss => ProjectRoot.Combine("packer", "goss", "base.goss.yaml");

    /// <summary>The folder.</summary>
    public string Root { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        foreach (var program in new[] { "debootstrap", "unshare", "systemctl" }) Need.Program(program);
        Need.That(Environment.IsPrivilegedProcess, "debootstrap needs root");
        var run = await ProcessRun.RunAsync(ProjectRoot.Combine("eng", "machine-root"), [ProjectRoot.Combine("artifacts", "test-cache", "machine-root")], timeout: Limit, cancellationToken: TestContext.Current.CancellationToken);
        Root = run.EnsureSuccess().Output.Trim();
    }

    /// <summary>A copy that may be written to, of which the rest stays as it is.</summary>
    public async Task<string> CopyAsync()
    {
        var folder = _copies.Combine($"copy{Interlocked.Increment(ref _count)}");
        foreach (var part in new[] { "files", "work", "root" }) Directory.CreateDirectory(Path.Combine(folder, part));
        var root = Path.Combine(folder, "root");
        (await ProcessRun.RunAsync("mount", ["-t", "overlay", "overlay", "-o", $"lowerdir={Root},upperdir={folder}/files,workdir={folder}/work", root])).EnsureSuccess();
        return root;
    }

    /// <summary>Runs a command of sh in a folder, which must succeed; returns what it printed.</summary>
    public static async Task<string> ShAsync(string folder, string command) =>
        (await ProcessRun.RunAsync("sh", ["-euc", command], workingDirectory: folder)).EnsureSuccess().Output;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Mounts.DetachBelowAsync(_copies.Path);
        _copies.Dispose();
    }
}
