// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A library that <c>*.deps.json</c> lists.</summary>
/// <param name="Name">Its name, as NuGet or the project has it.</param>
/// <param name="Version">Its version; empty when it has none.</param>
/// <param name="Group">The group that its files belong to.</param>
/// <param name="Assets">Its files.</param>
internal sealed record DotNetLibrary(string Name, string Version, RecipeLayerGroup Group, IReadOnlyList<DotNetAsset> Assets)
{
    public override string ToString() => Version.Length == 0 ? Name : $"{Name} {Version}";
}
