// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution.Tests;

/// <summary>The tests that share one <see cref="ExampleProject"/>, one after the other: packing writes into the project's own folders.</summary>
[CollectionDefinition(Name)]
public sealed class ExamplesDefinition : ICollectionFixture<ExampleProject>
{
    public const string Name = "examples";
}
