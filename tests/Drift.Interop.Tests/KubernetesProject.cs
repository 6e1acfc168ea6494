// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Text.Json;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>A small site and the project's own <c>k8s/base</c> in a folder, and a namespace of the cluster that they are deployed to.</summary>
internal sealed class KubernetesProject : IAsyncDisposable
{
    // A node may need more than a minute to give up a pod whose container has ended: it finds some of them only when it tidies up.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly KubernetesFixture _cluster;
    private readonly string _folder;

    public KubernetesProject(KubernetesFixture cluster, int replicas)
    {
        _cluster = cluster;
        Namespace = $"drift-test-{Guid.NewGuid():n}"[..24];
        _folder = Directory.CreateDirectory(cluster.Folder.Combine(Namespace)).FullName;
        Write("site/index.html", "<!doctype html><title>Drift</title><h1>Drift</h1>\n");
        foreach (var file in Directory.GetFiles(ProjectRoot.Combine("k8s", "base")))
        {
            // A Service answers at a port of this machine: before the node knows an address of the cluster, packets to it leave the machine.
            Write(Path.Combine("base", Path.GetFileName(file)), File.ReadAllText(file).Replace("type: ClusterIP", "type: NodePort", StringComparison.Ordinal).Replace("replicas: 2", $"replicas: {replicas}", StringComparison.Ordinal));
        }
    }

    public string Namespace { get; }

    public string Objects => Path.Combine(_folder, "base");

    public string Repository => $"{_cluster.Registry}/{Namespace}";

    /// <summary>The URL that a first visitor opens.</summary>
    public IPEndPoint? Service { get; private set; }

    public string Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>Changes the Deployment in the folder.</summary>
    public void Change(string old, string @new)
    {
        var path = Path.Combine(Objects, "deployment.yaml");
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, @new, StringComparison.Ordinal));
    }

    /// <summary>The arguments of a deployment of the folder to the namespace.</summary>
    public string[] DeployArguments(params string[] more) =>
        ["deploy", "kubernetes", "-f", Objects, "--root", _folder, "--repository", Repository, "--namespace", Namespace, "--kubeconfig", KubernetesFixture.Kubeconfig!, .. more];

    public Task<ProcessRun> DeployAsync(params string[] more) => DriftTool.RunAsync(DeployArguments(more), TestContext.Current.CancellationToken, timeout: Patience);

    /// <summary>Deploys, which must succeed, and finds out where the Service answers.</summary>
    public async Task<JsonElement> DeployedAsync()
    {
        var report = JsonElement.Parse((await DeployAsync("--json")).EnsureSuccess().Output);
        Service ??= new IPEndPoint(IPAddress.Loopback, int.Parse(await KubectlAsync("get", "service/site", "--output", "jsonpath={.spec.ports[0].nodePort}"), CultureInfo.InvariantCulture));
        return report;
    }

    /// <summary>The arguments of another of the tool's commands on the namespace.</summary>
    public string[] Arguments(params string[] command) => [.. command, "--namespace", Namespace, "--kubeconfig", KubernetesFixture.Kubeconfig!];

    /// <summary>Runs another of the tool's commands on the namespace.</summary>
    public Task<ProcessRun> DriftAsync(params string[] command) => DriftTool.RunAsync(Arguments(command), TestContext.Current.CancellationToken, timeout: Patience);

    public Task<string> KubectlAsync(params string[] arguments) => KubernetesFixture.KubectlAsync(["--namespace", Namespace, .. arguments]);

    /// <summary>What the Deployment should run: all of its specification.</summary>
    public Task<string> SpecificationAsync() => KubectlAsync("get", "deployment/site", "--output", "jsonpath={.spec}");

    public Task<byte[]> PageAsync() => Interop.Tests.Service.PageAsync(Service!, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await KubectlAsync("delete", "namespace", Namespace, "--ignore-not-found", "--wait=false");
}
