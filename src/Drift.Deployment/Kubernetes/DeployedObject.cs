// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What a deployment did to an object.</summary>
/// <param name="Name">The object as kubectl names it, for example <c>deployment/site</c>.</param>
/// <param name="Namespace">Its namespace; empty for what is in none.</param>
/// <param name="Change"><c>created</c>, <c>changed</c> or <c>unchanged</c>.</param>
public sealed record DeployedObject(string Name, string Namespace, string Change);
