// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Recipes;

/// <summary>One platform's planned image, and what is known of it.</summary>
/// <param name="Image">The plan.</param>
/// <param name="BinarySize">The size of the program inside, in bytes; null when there is no single one.</param>
/// <param name="Page">What the service answers at <c>/</c>; null when the recipe cannot know.</param>
public sealed record RecipeImage(Image Image, long? BinarySize, ReadOnlyMemory<byte>? Page)
{
    /// <summary>The image's uppermost layers, where the recipe parts its files into several; the lowest first.</summary>
    public IReadOnlyList<RecipeLayer> Layers { get; init; } = [];
}
