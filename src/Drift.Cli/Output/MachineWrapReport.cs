// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>The archive of a disk that was wrapped; sizes in bytes, the disk's as a machine sees it, and what may be wrong with it.</summary>
internal sealed record MachineWrapReport(string Archive, long Size, long DiskSize, string OperatingSystem, string OperatingSystemVersion, IReadOnlyList<string> Shapes, IReadOnlyList<string> Warnings);
