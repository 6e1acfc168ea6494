// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>How far a disk has come, in bytes.</summary>
/// <param name="Bytes">What has been dealt with.</param>
/// <param name="Size">All there is to deal with.</param>
internal readonly record struct DiskProgress(long Bytes, long Size);
