// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>The sources of one program for one architecture.</summary>
/// <param name="Directory">The recipe's folder: includes are searched here and in <c>include/</c>.</param>
/// <param name="Architecture">What they are assembled for.</param>
/// <param name="Files">Absolute paths, sorted.</param>
/// <param name="IsFlat">Whether they lie in the folder itself, which does not tell their architecture.</param>
internal sealed record AssemblySources(string Directory, AssemblyArchitecture Architecture, IReadOnlyList<string> Files, bool IsFlat);
