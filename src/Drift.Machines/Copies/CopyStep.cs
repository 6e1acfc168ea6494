// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>What a copy or a build does at the moment.</summary>
/// <param name="Name">One word, for machines: <c>check</c>, <c>capacity</c>, <c>build</c>, <c>export</c>, <c>upload</c>, <c>link</c>, <c>import</c>, <c>shape</c>, <c>capabilities</c>, <c>clean</c>.</param>
/// <param name="Text">For people.</param>
internal sealed record CopyStep(string Name, string Text);
