// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A manifest that refers to another; <paramref name="Referrers"/> is null where nobody asked what refers to it.</summary>
internal sealed record ReferrerNode(string Digest, string MediaType, string? ArtifactType, long Size, IReadOnlyDictionary<string, string>? Annotations, IReadOnlyList<ReferrerNode>? Referrers);
