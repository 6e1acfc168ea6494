// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What was built; the layers where the recipe parts its files into several, which all platforms share; what was changed for the second build that <c>--verify</c> made.</summary>
internal sealed record BuildReport(string Destination, string Digest, IReadOnlyList<PlatformReport> Platforms, IReadOnlyList<LayerReport>? Layers, string? Verified);
