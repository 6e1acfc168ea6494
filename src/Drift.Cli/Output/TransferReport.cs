// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>An image that was copied.</summary>
internal sealed record TransferReport(string Source, string Destination, string Digest);
