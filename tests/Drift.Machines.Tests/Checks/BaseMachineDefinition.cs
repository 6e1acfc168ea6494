// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines.Tests;

/// <summary>The tests that share the hardened base machine.</summary>
[CollectionDefinition(Name)]
public sealed class BaseMachineDefinition : ICollectionFixture<BaseMachineFixture>
{
    public const string Name = "base machine";
}
