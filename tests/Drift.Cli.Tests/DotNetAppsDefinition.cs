// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli.Tests;

/// <summary>The tests that share one <see cref="DotNetApps"/>: publishing takes longer than they do.</summary>
[CollectionDefinition(Name)]
public sealed class DotNetAppsDefinition : ICollectionFixture<DotNetApps>
{
    public const string Name = "apps of .NET";
}
