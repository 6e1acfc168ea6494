// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An image that was deployed to a machine.</summary>
internal sealed record VmReleaseReport(string Reference, string Digest, DateTimeOffset Time, string Who);
