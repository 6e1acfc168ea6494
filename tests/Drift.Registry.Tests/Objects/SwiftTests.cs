// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>The tests that share one server: it takes seconds to start.</summary>
[CollectionDefinition(Name)]
public sealed class SwiftTests : ICollectionFixture<SwiftServer>
{
    public const string Name = "Swift";
}
