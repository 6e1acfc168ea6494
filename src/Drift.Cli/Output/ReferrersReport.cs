// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What refers to an image.</summary>
internal sealed record ReferrersReport(string Image, string Digest, IReadOnlyList<ReferrerNode> Referrers);
