// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>A layer that a recipe adds to an image, and what it is made of.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Group">Why the files are together: they change at the same time.</param>
/// <param name="Contents">What is in it, sorted: packages and their versions, projects, or the app's name.</param>
/// <param name="FileCount">How many files and links it has; folders do not count.</param>
public sealed record RecipeLayer(Layer Layer, RecipeLayerGroup Group, IReadOnlyList<string> Contents, int FileCount);
