// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>Where the fields of a ustar header are (POSIX.1-1988, "ustar interchange format"); offsets and lengths in bytes.</summary>
internal static class TarFormat
{
    public const int BlockSize = 512;

    public static readonly Range Name = 0..100;
    public static readonly Range Mode = 100..108;
    public static readonly Range UserId = 108..116;
    public static readonly Range GroupId = 116..124;
    public static readonly Range Size = 124..136;
    public static readonly Range ModificationTime = 136..148;
    public static readonly Range Checksum = 148..156;
    public const int TypeFlag = 156;
    public static readonly Range LinkName = 157..257;
    public static readonly Range Magic = 257..263;
    public static readonly Range Version = 263..265;
    public static readonly Range DeviceMajor = 329..337;
    public static readonly Range DeviceMinor = 337..345;
    public static readonly Range Prefix = 345..500;

    /// <summary>The type flag of a pax extended header for the entry that follows.</summary>
    public const byte PaxHeader = (byte)'x';
    /// <summary>What the key of a pax record begins with that holds an extended attribute.</summary>
    public const string ExtendedAttribute = "SCHILY.xattr.";

    /// <summary>The type flag of a pax header for all entries that follow.</summary>
    public const byte PaxGlobalHeader = (byte)'g';
    /// <summary>GNU's type flags for a long name and a long link target in an entry of its own.</summary>
    public const byte GnuLongName = (byte)'L', GnuLongLink = (byte)'K';

    /// <summary>The sum of a header's bytes with the checksum field read as spaces.</summary>
    public static int ChecksumOf(ReadOnlySpan<byte> header)
    {
        var sum = 0;
        foreach (var b in header) sum += b;
        foreach (var b in header[Checksum]) sum += ' ' - b;
        return sum;
    }

    /// <summary>How many zero bytes follow content of this size, up to the next block.</summary>
    public static int PaddingOf(long size) => (int)(-size & (BlockSize - 1));
}
