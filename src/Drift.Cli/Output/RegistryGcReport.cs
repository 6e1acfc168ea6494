// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The blobs and manifests that a registry was freed of, or would be; how many bytes that is, and how many are left because they are too young.</summary>
internal sealed record RegistryGcReport(string Storage, bool DryRun, IReadOnlyList<string> Blobs, long Size, int TooYoung);
