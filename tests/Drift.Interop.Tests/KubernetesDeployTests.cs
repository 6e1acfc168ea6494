// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using Drift.TestKit;

namespace Drift.Interop.Tests;

/// <summary>From a folder to a rollout, on to the next one, and back.</summary>
public sealed class KubernetesDeployTests(KubernetesFixture cluster)
{
    private const int Requests = 20_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_a_folder_to_green_and_an_update_under_load_loses_nothing_and_rollback_is_the_one_before()
    {
        await using var project = await cluster.CreateAsync(replicas: 2);
        var first = await project.DeployedAsync();
        Assert.Equal(["created", "created"], Changes(first));
        var page = await project.PageAsync();
        var before = await project.SpecificationAsync();
        Assert.Contains("@sha256:", Assert.Single(first.GetProperty("images").EnumerateArray()).GetProperty("resolved").GetString()!, StringComparison.Ordinal);
        Assert.Equal(0, (await project.DriftAsync("status", "kubernetes")).ExitCode);

        // The same again changes nothing.
        var version = await project.KubectlAsync("get", "deployment/site", "--output", "jsonpath={.metadata.resourceVersion}");
        Assert.Equal(["unchanged", "unchanged"], Changes(await project.DeployedAsync()));
        var rehearsal = (await project.DeployAsync("--dry-run")).EnsureSuccess();
        Assert.Contains("deployment/site unchanged (dry run)\nservice/site unchanged (dry run)\n", rehearsal.Output, StringComparison.Ordinal);
        Assert.Equal(version, await project.KubectlAsync("get", "deployment/site", "--output", "jsonpath={.metadata.resourceVersion}"));

        project.Write("site/news.html", "<p>news\n");
        await using (var load = new Load(() => project.Service!, page))
        {
            Assert.Contains("changed", Changes(await project.DeployedAsync()));
            Assert.Empty(await load.StopAsync(Requests, Cancelled));
            Assert.True(load.Closes >= Load.Clients, $"{load.Closes} connections were given up: the pods were not replaced");
        }
        var after = await project.SpecificationAsync();
        Assert.NotEqual(before, after);

        var back = (await project.DriftAsync("rollback", "kubernetes")).EnsureSuccess();
        Assert.Contains("deployment/site: back to revision 1", back.Error, StringComparison.Ordinal);
        Assert.Equal(before, await project.SpecificationAsync());
        var status = JsonElement.Parse((await project.DriftAsync("status", "kubernetes", "--json")).EnsureSuccess().Output).GetProperty("workloads")[0];
        Assert.Equal(status.GetProperty("images")[0].GetString(), Assert.Single(status.GetProperty("running").EnumerateObject()).Name);
        Assert.Equal([3, 2], status.GetProperty("revisions").EnumerateArray().Select(revision => revision.GetProperty("revision").GetInt32()));
        Assert.All(status.GetProperty("revisions").EnumerateArray(), revision => Assert.EndsWith("Z", revision.GetProperty("deployedAt").GetString(), StringComparison.Ordinal));

        (await project.DriftAsync("rollback", "kubernetes", "site", "--to", "2")).EnsureSuccess();
        Assert.Equal(after, await project.SpecificationAsync());
        // Whoever went back by hand does not stand in the way of the next deployment.
        Assert.Contains("unchanged", Changes(await project.DeployedAsync()));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_pushes_nothing()
    {
        await using var project = await cluster.CreateAsync();
        var run = (await project.DeployAsync("--dry-run")).EnsureSuccess();
        Assert.Contains("deployment/site created (dry run)\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("", await project.KubectlAsync("get", "deployments,services", "--output", "name"));
        Assert.Equal(5, (await DriftTool.RunAsync(["tags", project.Repository], Cancelled)).ExitCode);
    }

    [Fact]
    public async Task Status_exits_with_7_when_pods_run_something_else()
    {
        await using var project = await cluster.CreateAsync();
        await project.DeployedAsync();
        // A pod that cannot come to be keeps the old ones, which run another image than is wanted.
        var other = project.Repository + "@sha256:" + new string('0', 64);
        await project.KubectlAsync("set", "image", "deployment/site", $"site={other}");
        var run = await project.DriftAsync("status", "kubernetes");
        Assert.Equal(7, run.ExitCode);
        Assert.Contains($"  wanted   {other}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(" in 1 pods\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_deployments_at_once_the_last_one_stays_and_the_other_says_so()
    {
        await using var project = await cluster.CreateAsync();
        await project.DeployedAsync();
        // The first waits for pods that take long, and would go back at its end.
        project.Change("path: /health\n              port: http\n            periodSeconds: 1\n            failureThreshold: 30", "path: /never\n              port: http\n            periodSeconds: 1\n            failureThreshold: 300");
        await using var first = DriftTool.Start(project.DeployArguments());
        await first.ReadErrorAsync("1 old to go", Cancelled);
        project.Change("/never", "/health");
        project.Write("site/news.html", "<p>news\n");
        await project.DeployedAsync();
        var last = await project.SpecificationAsync();
        Assert.Contains("was changed by someone else meanwhile; what is there now is left alone", await first.Error.WaitAsync(TimeSpan.FromSeconds(30), Cancelled), StringComparison.Ordinal);
        Assert.Equal(last, await project.SpecificationAsync());
        await project.PageAsync();
    }

    [Fact]
    public async Task An_interrupted_deployment_goes_on_in_the_cluster()
    {
        await using var project = await cluster.CreateAsync();
        await using var deployment = DriftTool.Start(project.DeployArguments());
        await deployment.ReadErrorAsync("0 of 1 ready", Cancelled);
        Assert.Equal(130, await deployment.StopAsync("INT", Cancelled));
        Assert.Contains("drift status kubernetes shows how far it is", await deployment.Error, StringComparison.Ordinal);
        await project.KubectlAsync("rollout", "status", "deployment/site", "--timeout", "60s");
        Assert.Equal(0, (await project.DriftAsync("status", "kubernetes")).ExitCode);
    }

    private static IEnumerable<string?> Changes(JsonElement report) => report.GetProperty("objects").EnumerateArray().Select(item => item.GetProperty("change").GetString());
}
