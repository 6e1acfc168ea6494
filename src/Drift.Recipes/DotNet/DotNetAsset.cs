// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A file of a library.</summary>
/// <param name="Path">Where <c>dotnet publish</c> puts it, below the folder.</param>
/// <param name="Kind">The section of <c>*.deps.json</c> that lists it: <c>runtime</c>, <c>native</c>, <c>resources</c> or <c>runtimeTargets</c>.</param>
/// <param name="NativeRuntime">The runtime identifier, for example <c>linux-x64</c>, of machine code for some platforms only; null for anything else.</param>
internal sealed record DotNetAsset(string Path, string Kind, string? NativeRuntime);
