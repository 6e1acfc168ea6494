// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>What a deployment to a machine came to.</summary>
/// <param name="Host">The machine.</param>
/// <param name="App">The application.</param>
/// <param name="Outcome"><c>deployed</c>, <c>rolled-back</c>, <c>unchanged</c> or <c>planned</c>.</param>
/// <param name="Digest">The digest that answers, or would.</param>
/// <param name="Previous">The digest that answered before; null for none.</param>
/// <param name="Front">The port that it answers at.</param>
/// <param name="Port">The private port behind it.</param>
public sealed record VmResult(string Host, string App, string Outcome, string Digest, string? Previous, int Front, int Port);
