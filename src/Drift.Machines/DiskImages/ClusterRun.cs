// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Clusters of a disk that follow each other, and where they are in a file.</summary>
/// <param name="Disk">The number of the first one on the disk.</param>
/// <param name="File">The number of the first one in the file.</param>
/// <param name="Count">How many they are.</param>
internal readonly record struct ClusterRun(long Disk, long File, long Count);
