// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>A step of a deployment that begins now.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Name"><c>connect</c>, <c>lock</c>, <c>repair</c>, <c>pull</c>, <c>start</c>, <c>health</c>, <c>switch</c>, <c>verify</c>, <c>back</c>, <c>commit</c>, <c>drain</c>, <c>stop</c>, <c>prune</c>, <c>note</c> or <c>done</c>.</param>
/// <param name="Text">What is done, in words.</param>
public sealed record VmStep(string Host, string Name, string Text);
