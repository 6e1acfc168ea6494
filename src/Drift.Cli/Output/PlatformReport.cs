// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>One platform's image; sizes in bytes, the image's as a registry stores it. The binary's is null when there is no single one.</summary>
internal sealed record PlatformReport(string Platform, string Digest, long? BinarySize, long ImageSize);
