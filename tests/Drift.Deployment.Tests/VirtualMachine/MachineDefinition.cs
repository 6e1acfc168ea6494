// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment.Tests;

/// <summary>The tests that share one machine: one after the other, and when no other test runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MachineDefinition : ICollectionFixture<MachineFixture>
{
    public const string Name = "machine";
}
