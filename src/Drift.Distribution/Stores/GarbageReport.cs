// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What a collection of garbage deleted, or would delete.</summary>
/// <param name="Blobs">The blobs, in the order of their digests.</param>
/// <param name="Size">Their size together, in bytes.</param>
/// <param name="TooYoung">How many more nothing reaches, which were left because they are too young.</param>
public sealed record GarbageReport(IReadOnlyList<Digest> Blobs, long Size, int TooYoung);
