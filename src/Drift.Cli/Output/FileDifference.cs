// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A file that differs.</summary>
/// <param name="Path">The path from the root.</param>
/// <param name="Change"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
/// <param name="What">What changed: <c>type</c>, <c>content</c>, <c>mode</c>, <c>owner</c>, <c>link</c>; or <c>whiteout</c>, where one image hides what common layers may have.</param>
/// <param name="Delta">The size of the second image's file less the first's, in bytes.</param>
internal sealed record FileDifference(string Path, string Change, IReadOnlyList<string> What, long Delta);
