// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>The Deployment of k8s/base is rolled out again and again behind a Service, and no client notices.</summary>
[Collection(RollingDefinition.Name)]
public sealed class RollingKubernetesTests(PublishedSite site) : IAsyncDisposable
{
    private const int Requests = 100_000;
    private const int Rounds = 3;
    private readonly string _namespace = $"drift-test-{Guid.NewGuid():n}";

    // A cluster of this machine alone, whose node pulls from its localhost: not the one that kubectl knows, which may be somebody's.
    private static string? Cluster => Environment.GetEnvironmentVariable("DRIFT_TEST_KUBECONFIG") is { Length: > 0 } file ? file : null;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null) await KubectlAsync("delete", "namespace", _namespace, "--ignore-not-found", "--wait=false");
    }

    [Fact]
    public async Task No_request_is_lost()
    {
        Assert.SkipWhen(Cluster is null, "DRIFT_TEST_KUBECONFIG names no cluster");
        await KubectlAsync("create", "namespace", _namespace);
        var deployment = await File.ReadAllTextAsync(ProjectRoot.Combine("k8s", "base", "deployment.yaml"), Cancelled);
        var text = deployment + "---\n" + await File.ReadAllTextAsync(ProjectRoot.Combine("k8s", "base", "service.yaml"), Cancelled);
        var objects = site.Folder.Write("site.yaml", text.Replace("drift://site", site.Reference, StringComparison.Ordinal));
        await KubectlAsync("apply", "--filename", objects);
        await RolledOutAsync();
        // By a port of this machine: before the node knows an address of the cluster, packets to it leave the machine.
        await KubectlAsync("patch", "service/site", "--patch", """{"spec":{"type":"NodePort"}}""");
        var port = await KubectlAsync("get", "service/site", "--output", "jsonpath={.spec.ports[0].nodePort}");
        var service = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        await using var load = new Load(() => service, await Service.PageAsync(service, Cancelled));

        for (var round = 0; round < Rounds; round++)
        {
            await KubectlAsync("rollout", "restart", "deployment/site");
            await RolledOutAsync();
        }
        // The last of those that were replaced are still ending.
        while ((await KubectlAsync("get", "pods", "--output", "name")).Split('\n').Length > 2) await Task.Delay(200, Cancelled);
        Assert.Empty(await load.StopAsync(Requests, Cancelled));
        // Each round takes its pod from each client.
        Assert.True(load.Closes >= Rounds * Load.Clients, $"{load.Closes} connections were given up for {Rounds} rounds");
        TestContext.Current.SendDiagnosticMessage($"{load.Answers} answers, {load.Closes} connections given up");
        // A pod that was killed by a probe would have been started again.
        Assert.Equal("0 0", await KubectlAsync("get", "pods", "--output", "jsonpath={.items[*].status.containerStatuses[0].restartCount}"));
    }

    private Task<string> RolledOutAsync() => KubectlAsync("rollout", "status", "deployment/site", "--timeout", "60s");

    private async Task<string> KubectlAsync(params string[] arguments) =>
        (await ProcessRun.RunAsync(Need.Program("kubectl"), ["--kubeconfig", Cluster!, "--namespace", _namespace, .. arguments], cancellationToken: Cancelled)).EnsureSuccess().Output.Trim();
}
