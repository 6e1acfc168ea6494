// SPDX-License-Identifier: Apache-2.0

using Drift.Distribution;
using Drift.Oci;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>What <c>drift up</c> is asked to build and run.</summary>
/// <param name="Recipe">Recognises the folder as it is now; base images are opened there.</param>
/// <param name="Packing">How images are packed.</param>
/// <param name="Registries">Speaks to registries.</param>
/// <param name="Platform">The platform to run.</param>
/// <param name="Runtime">The name of the runtime; null for the first that works.</param>
/// <param name="Printer">Where it is told.</param>
internal sealed record UpSettings(Func<BaseImages, Recipe> Recipe, PackSettings Packing, RegistryClient Registries, Platform Platform, string? Runtime, Printer Printer);
