// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Interop.Tests;

public sealed class StatefulSetTests(KubernetesFixture cluster) : WorkloadTest(cluster)
{
    private const string Kind = "StatefulSet", Fields = "  serviceName: site\n  replicas: 1\n";
    private static readonly TimeSpan SeveralGraces = TimeSpan.FromSeconds(25);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public Task Bad_update_goes_back_and_so_does_rollback() => GoesBackAsync(Kind, Fields);

    [Fact]
    public async Task Pod_in_the_way_is_deleted_once_however_long_it_takes_to_go()
    {
        await using var project = await CreateAsync(Kind, Fields);
        await project.DeployedAsync();
        project.Change(Resources, Bad);
        Assert.Equal(7, (await project.DeployAsync("--timeout", "120s", "--no-rollback")).ExitCode);
        // What a node does that is slow to give it up.
        await project.KubectlAsync("patch", "pod/site-0", "--patch", """{"metadata": {"finalizers": ["drift.test/held"]}}""");
        await using var rollback = DriftTool.Start(project.Arguments("rollback", "kubernetes"));
        const string Deleted = "pod/site-0 is of an older template and not ready: deleted";
        await rollback.ReadErrorAsync(Deleted, Cancelled);
        await Task.Delay(SeveralGraces, Cancelled);
        await project.KubectlAsync("patch", "pod/site-0", "--patch", """{"metadata": {"finalizers": null}}""");
        var said = await rollback.Error.WaitAsync(TimeSpan.FromMinutes(3), Cancelled);
        Assert.Equal(2, said.Split(Deleted).Length);
        (await project.DriftAsync("status", "kubernetes")).EnsureSuccess();
    }
}
