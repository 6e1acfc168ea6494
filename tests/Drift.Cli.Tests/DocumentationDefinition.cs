// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli.Tests;

/// <summary>The tests that share a site of a thousand files.</summary>
[CollectionDefinition(Name)]
public sealed class DocumentationDefinition : ICollectionFixture<Documentation>
{
    public const string Name = "documentation";
}
