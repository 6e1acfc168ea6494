// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Sizes that all formats of disks share.</summary>
internal static class DiskFormat
{
    /// <summary>The unit of disks, in bytes.</summary>
    public const int SectorSize = 512;

    /// <summary>The smallest multiple of a power of two that is not below a value.</summary>
    public static long RoundUp(long value, long powerOfTwo) => checked(value + powerOfTwo - 1) & -powerOfTwo;

    /// <summary>How many parts of a size hold a length; neither is negative.</summary>
    public static long CountOf(long length, long size) => length / size + (length % size == 0 ? 0 : 1);
}
