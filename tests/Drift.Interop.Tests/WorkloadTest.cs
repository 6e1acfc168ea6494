// SPDX-License-Identifier: Apache-2.0

namespace Drift.Interop.Tests;

/// <summary>What is not a Deployment has no way back of its own in the cluster. Each kind is a class: most of its time it waits for the node.</summary>
public abstract class WorkloadTest(KubernetesFixture cluster)
{
    /// <summary>What <see cref="Bad"/> takes the place of in the project's file.</summary>
    protected const string Resources = "          resources:\n";

    /// <summary>With it a pod ends at once, and stays where it is when the template changes: someone has to take it away.</summary>
    protected const string Bad = "          env: [{name: DRIFT_WORKERS, value: many}]\n" + Resources;

    /// <summary>Makes a project whose workload is of another kind; it is not deployed yet.</summary>
    /// <param name="kind">The kind of the workload.</param>
    /// <param name="fields">What it has in the place of a Deployment's number of replicas.</param>
    internal async Task<KubernetesProject> CreateAsync(string kind, string fields)
    {
        var project = await cluster.CreateAsync();
        project.Change("kind: Deployment", $"kind: {kind}");
        project.Change("  replicas: 1\n", fields);
        project.Change("  progressDeadlineSeconds: 120\n", "");
        project.Change("  strategy:\n    type: RollingUpdate\n    rollingUpdate:\n      maxUnavailable: 0\n      maxSurge: 1\n", "");
        return project;
    }

    /// <summary>A bad update goes back, a good one can be taken back.</summary>
    /// <inheritdoc cref="CreateAsync"/>
    protected async Task GoesBackAsync(string kind, string fields)
    {
        await using var project = await CreateAsync(kind, fields);
        await project.DeployedAsync();
        var workload = kind.ToLowerInvariant() + "/site";
        var before = await project.KubectlAsync("get", workload, "--output", "jsonpath={.spec}");

        project.Change(Resources, Bad);
        var run = await project.DeployAsync("--timeout", "120s");
        Assert.Equal(7, run.ExitCode);
        Assert.Contains($"{workload} fails.", run.Error, StringComparison.Ordinal);
        Assert.Contains("It has gone back: every object is as it was before.", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await project.KubectlAsync("get", workload, "--output", "jsonpath={.spec}"));

        const string Good = "          env: [{name: DRIFT_WORKERS, value: \"1\"}]\n" + Resources;
        project.Change(Bad, Good);
        await project.DeployedAsync();
        Assert.NotEqual(before, await project.KubectlAsync("get", workload, "--output", "jsonpath={.spec}"));
        (await project.DriftAsync("rollback", "kubernetes", workload)).EnsureSuccess();
        Assert.Equal(before, await project.KubectlAsync("get", workload, "--output", "jsonpath={.spec}"));
        (await project.DriftAsync("status", "kubernetes")).EnsureSuccess();
        await project.PageAsync();
    }
}
