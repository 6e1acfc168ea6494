// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What was built; the layers where the recipe parts its files into several, which all platforms share.</summary>
internal sealed record BuildReport(string Destination, string Digest, IReadOnlyList<PlatformReport> Platforms, IReadOnlyList<LayerReport>? Layers);
