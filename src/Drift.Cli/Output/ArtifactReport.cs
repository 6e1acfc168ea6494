// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An artifact that was pushed or pulled.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Digest">The digest of its manifest.</param>
/// <param name="Subject">What it is about, where that was said.</param>
/// <param name="Files">The titles of its files.</param>
internal sealed record ArtifactReport(string Location, string Digest, string? Subject, IReadOnlyList<string> Files);
