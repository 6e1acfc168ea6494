// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry.Tests;

/// <summary>A registry that nobody asked to measure.</summary>
public sealed class MetricsOffTests : RegistryTest
{
    [Fact]
    public async Task There_are_no_metrics()
    {
        using var response = await SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal("404 UNSUPPORTED", await ErrorOf(response));
    }
}
