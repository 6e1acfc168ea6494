// SPDX-License-Identifier: Apache-2.0

namespace Drift.Interop.Tests;

public sealed class DaemonSetTests(KubernetesFixture cluster) : WorkloadTest(cluster)
{
    [Fact]
    public Task Bad_update_goes_back_and_so_does_rollback() => GoesBackAsync("DaemonSet", "");
}
