// SPDX-License-Identifier: Apache-2.0

namespace Drift.Interop.Tests;

/// <summary>The tests that share the engines, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class EnginesDefinition : ICollectionFixture<EnginesFixture>
{
    public const string Name = "engines";
}
