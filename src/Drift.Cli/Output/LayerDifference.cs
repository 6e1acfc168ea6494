// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A layer: <c>same</c>, <c>removed</c> or <c>added</c>; the size as it is stored, in bytes.</summary>
internal sealed record LayerDifference(string Change, string Digest, long Size);
