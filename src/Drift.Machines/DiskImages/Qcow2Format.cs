// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>Fields and bits of qcow2 (docs/interop/qcow2.txt of QEMU). Numbers are big-endian.</summary>
internal static class Qcow2Format
{
    public const uint Magic = 0x514649fb; // "QFI\xfb"
    public const int HeaderSize2 = 72, HeaderSize3 = 104;
    public const int SmallestClusterBits = 9, LargestClusterBits = 21, SmallestExtendedClusterBits = 14;
    public const int LargestRefcountOrder = 6;

    /// <summary>The largest L1 table, in bytes: QEMU's own limit.</summary>
    public const int LargestL1 = 32 * 1024 * 1024;

    // Incompatible features, by the numbers of their bits.
    public const ulong Dirty = 1 << 0, Corrupt = 1 << 1, ExternalData = 1 << 2, CompressionType = 1 << 3, ExtendedEntries = 1 << 4;

    /// <summary>The header extension that names feature bits, and what an entry of it takes: type, bit, 46 bytes of name.</summary>
    public const uint FeatureNames = 0x6803f857;
    public const int FeatureNameSize = 48;

    /// <summary>In an L1 or L2 entry: nothing else refers to what it refers to.</summary>
    public const ulong Copied = 1UL << 63;

    /// <summary>In an L2 entry.</summary>
    public const ulong Compressed = 1UL << 62, Zero = 1;

    /// <summary>Where a table or a cluster is, in an L1 or L2 entry.</summary>
    public const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;

    /// <summary>Clusters have this many subclusters where L2 entries are extended.</summary>
    public const int Subclusters = 32;

    /// <summary>The error for an image that breaks the format.</summary>
    public static DriftException Damaged(string name, string problem) => new(ErrorCode.InvalidDiskImage, $"{name} is damaged: {problem}.", "Download or convert the image again, and look at it with qemu-img check.");
}
