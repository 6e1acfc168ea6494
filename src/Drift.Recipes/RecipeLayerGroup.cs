// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>Files that change at the same time; the order is that of the layers, the lowest and most stable first.</summary>
public enum RecipeLayerGroup
{
    /// <summary>The .NET runtime that a self-contained app brings along.</summary>
    Runtime,
    /// <summary>Libraries from NuGet.</summary>
    Packages,
    /// <summary>Projects that the app refers to.</summary>
    Projects,
    /// <summary>The app itself, and everything that belongs to nothing else.</summary>
    App,
}
