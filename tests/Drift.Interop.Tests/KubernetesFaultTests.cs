// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>What goes wrong with a new version is told, and the old one answers on.</summary>
public sealed class KubernetesFaultTests(KubernetesFixture cluster)
{
    // It names an image without a registry behind it, as far as this machine and the node can see.
    private const string Missing = "localhost:1/site@sha256:0000000000000000000000000000000000000000000000000000000000000000";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_update_goes_back_by_itself_while_the_old_version_answers()
    {
        await using var project = await cluster.CreateAsync();
        await project.DeployedAsync();
        var page = await project.PageAsync();
        var before = await project.SpecificationAsync();
        (string Old, string New, string Timeout, string[] Says)[] faults =
        [
            ("path: /health\n              port: http\n            periodSeconds: 1\n            failureThreshold: 30", "path: /never\n              port: http\n            periodSeconds: 1\n            failureThreshold: 300", "15s",
                ["deployment/site is not done within 15 seconds.", ", container site: running, and not ready", "event: Unhealthy: Startup probe failed: HTTP probe failed with statuscode: 404"]),
            ("          resources:\n", "          env: [{name: DRIFT_WORKERS, value: many}]\n          resources:\n", "60s",
                ["deployment/site fails.", "ended before with exit code", "\n    log: "]),
            ("image: drift://site", "image: " + Missing, "60s",
                ["deployment/site fails.", "ImagePull", "event: Failed: Failed to pull image"]),
        ];
        await using var load = new Load(() => project.Service!, page, pause: TimeSpan.FromMilliseconds(50));
        foreach (var (old, @new, timeout, says) in faults)
        {
            project.Change(old, @new);
            var run = await project.DeployAsync("--timeout", timeout);
            Assert.Equal(7, run.ExitCode);
            Assert.All([.. says, "\n  pod/site-", "\nIt has gone back: every object is as it was before.\n"], text => Assert.Contains(text, run.Error, StringComparison.Ordinal));
            Assert.Equal(before, await project.SpecificationAsync());
            project.Change(@new, old);
        }
        Assert.Empty(await load.StopAsync(1, Cancelled));
        // Nobody goes back to what failed, and the next deployment is as if nothing had been.
        Assert.Equal(5, (await project.DriftAsync("rollback", "kubernetes")).ExitCode);
        var status = (await project.DriftAsync("status", "kubernetes")).EnsureSuccess().Output;
        Assert.Equal(faults.Length, status.Split("  failed\n").Length - 1);
        Assert.Contains("  current\n", status, StringComparison.Ordinal);
        await project.DeployedAsync();
    }

    [Fact]
    public async Task A_quota_that_refuses_pods_is_told_and_what_the_update_brought_is_gone()
    {
        await using var project = await cluster.CreateAsync();
        await project.DeployedAsync();
        var before = await project.SpecificationAsync();
        await project.KubectlAsync("create", "quota", "few", "--hard", "pods=1");
        project.Write("site/news.html", "<p>news\n");
        project.Write("base/settings.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n");
        var run = await project.DeployAsync();
        Assert.Equal(7, run.ExitCode);
        Assert.Contains("exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await project.SpecificationAsync());
        Assert.Equal("", await project.KubectlAsync("get", "configmap/settings", "--ignore-not-found"));
        await project.PageAsync();
        // The same again, where there is room for it: it failed, and is the current one all the same.
        await project.KubectlAsync("delete", "quota", "few");
        await project.DeployedAsync();
        Assert.DoesNotContain("failed", (await project.DriftAsync("status", "kubernetes")).EnsureSuccess().Output, StringComparison.Ordinal);
        (await project.DriftAsync("rollback", "kubernetes")).EnsureSuccess();
        Assert.Equal(before, await project.SpecificationAsync());
    }

    [Fact]
    public async Task A_first_deployment_that_fails_is_left_to_be_looked_at_and_the_next_one_repairs_it()
    {
        await using var project = await cluster.CreateAsync();
        await project.KubectlAsync("create", "quota", "none", "--hard", "pods=0");
        var run = await project.DeployAsync();
        Assert.Equal(7, run.ExitCode);
        Assert.Contains("There is nothing to go back to: what was applied is left as it is", run.Error, StringComparison.Ordinal);
        Assert.Equal("deployment.apps/site", await project.KubectlAsync("get", "deployments", "--output", "name"));
        await project.KubectlAsync("delete", "quota", "none");
        await project.DeployedAsync();
        await project.PageAsync();
    }

    [Fact]
    public async Task No_rollback_leaves_what_fails()
    {
        await using var project = await cluster.CreateAsync();
        await project.DeployedAsync();
        var before = await project.SpecificationAsync();
        project.Change("path: /health\n              port: http\n            periodSeconds: 1\n            failureThreshold: 30", "path: /never\n              port: http\n            periodSeconds: 1\n            failureThreshold: 300");
        var run = await project.DeployAsync("--timeout", "2s", "--no-rollback");
        Assert.Equal(7, run.ExitCode);
        Assert.Contains("--no-rollback was given", run.Error, StringComparison.Ordinal);
        Assert.NotEqual(before, await project.SpecificationAsync());
        Assert.Equal(7, (await project.DriftAsync("status", "kubernetes")).ExitCode);
        // The way back by hand.
        (await project.DriftAsync("rollback", "kubernetes")).EnsureSuccess();
        Assert.Equal(before, await project.SpecificationAsync());
    }
}
