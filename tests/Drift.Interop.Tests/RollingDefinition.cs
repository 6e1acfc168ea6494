// SPDX-License-Identifier: Apache-2.0

namespace Drift.Interop.Tests;

/// <summary>The tests under load: one after the other, and when no other test runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RollingDefinition : ICollectionFixture<PublishedSite>
{
    public const string Name = "rolling";
}
