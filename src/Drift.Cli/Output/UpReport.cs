// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>What <c>drift up</c> runs.</summary>
internal sealed record UpReport(string Url, string Reference, string Digest, string Runtime, string Platform, IReadOnlyList<PlatformReport> Platforms);
