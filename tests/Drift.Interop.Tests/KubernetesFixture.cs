// SPDX-License-Identifier: Apache-2.0

using Drift.Interop.Tests;
using Drift.TestKit;

// The tests of the cluster spend their time waiting for pods, and wait beside each other: one more at a time than CI has processors.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
[assembly: AssemblyFixture(typeof(KubernetesFixture))]

namespace Drift.Interop.Tests;

/// <summary>The cluster that <c>DRIFT_TEST_KUBECONFIG</c> names, and a registry that its node pulls from.</summary>
public sealed class KubernetesFixture : IAsyncLifetime
{
    private DriftProcess? _registry;

    /// <summary>A cluster of this machine alone, whose node pulls from its localhost: not the one that kubectl knows, which may be somebody's.</summary>
    public static string? Kubeconfig => Environment.GetEnvironmentVariable("DRIFT_TEST_KUBECONFIG") is { Length: > 0 } file ? file : null;

    /// <summary>Temporary files of this run.</summary>
    public TemporaryDirectory Folder { get; } = new();

    /// <summary>The registry, for example <c>localhost:40001</c>.</summary>
    public string Registry => _registry!.Address;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Kubeconfig is not null) _registry = await DriftTool.ServeRegistryAsync(Folder.Combine("registry"), TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_registry is not null) await _registry.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Runs kubectl on the cluster, which must succeed, and returns what it printed.</summary>
    public static async Task<string> KubectlAsync(IEnumerable<string> arguments, string? input = null) =>
        (await ProcessRun.RunAsync(Need.Program("kubectl"), ["--kubeconfig", Kubeconfig!, .. arguments], input, cancellationToken: TestContext.Current.CancellationToken)).EnsureSuccess().Output.Trim();

    /// <summary>Makes a namespace with a project of its own; skips the test where there is no cluster.</summary>
    internal async Task<KubernetesProject> CreateAsync(int replicas = 1)
    {
        Assert.SkipWhen(Kubeconfig is null, "DRIFT_TEST_KUBECONFIG names no cluster");
        var project = new KubernetesProject(this, replicas);
        await KubectlAsync(["create", "namespace", project.Namespace]);
        return project;
    }
}
