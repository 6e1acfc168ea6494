// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Registry.Tests;

/// <summary>Who may ask a registry with passwords how it is.</summary>
public sealed class OperationAccessTests : AccessTest
{
    protected override IReadOnlyList<AccessRule> Rules => RegistryAccess.AnonymousRead;

    protected override RegistryOptions Options => base.Options with { Metrics = true };

    [Fact]
    public async Task Health_is_for_everyone_and_metrics_are_for_users()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusOf(HttpMethod.Get, "/healthz"));
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/metrics"));
        LogIn("bob", "wrong");
        Assert.Equal("401 UNAUTHORIZED", await ErrorOf(HttpMethod.Get, "/metrics"));
        LogIn("bob");
        var metrics = PrometheusDocument.Parse(await Client.GetStringAsync("/metrics", Cancelled));
        Assert.Equal(1, metrics["drift_registry_authentication_failures_total"]);
    }
}
