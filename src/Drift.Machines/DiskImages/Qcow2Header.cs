// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>What the header of a qcow2 image says, checked: an image of one is one that can be read.</summary>
internal sealed record Qcow2Header
{
    private const int LargestName = 1023;

    /// <summary>2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>The size of a cluster is two to the power of this.</summary>
    public required int ClusterBits { get; init; }

    /// <summary>The disk's size in bytes, rounded up to whole sectors.</summary>
    public required long Length { get; init; }

    /// <summary>Where the L1 table is in the file.</summary>
    public required long L1Offset { get; init; }

    /// <summary>How many entries of the L1 table the disk needs.</summary>
    public required int L1Count { get; init; }

    /// <summary>How clusters are compressed that are.</summary>
    public required Qcow2Compression Compression { get; init; }

    /// <summary>Whether L2 entries are of 16 bytes, with a bitmap of subclusters.</summary>
    public required bool HasExtendedEntries { get; init; }

    /// <summary>Whether the image was not closed: its reference counts may be wrong, its content is not.</summary>
    public required bool IsDirty { get; init; }

    /// <summary>The size of a cluster, and of an L2 table, in bytes.</summary>
    public int ClusterSize => 1 << ClusterBits;

    /// <summary>The size of an L2 entry in bytes.</summary>
    public int EntrySize => HasExtendedEntries ? 16 : 8;

    /// <summary>How many entries an L2 table has.</summary>
    public int EntriesOfTable => ClusterSize / EntrySize;

    /// <summary>
    /// The fewest bytes that a cluster can be compressed to: deflate makes at most 1032 bytes of one, zstd 128 KiB of a block of 4 bytes, and its
    /// frame takes 6.
    /// </summary>
    public int SmallestCompressed => Compression == Qcow2Compression.Zlib ? Math.Max(1, ClusterSize / 1032) : ClusterSize / (32 * 1024) + 6;

    /// <summary>Whether a file begins as qcow2 does.</summary>
    public static bool IsQcow2(ReadOnlySpan<byte> start) => start.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(start) == Qcow2Format.Magic;

    /// <exception cref="DriftException">The header is damaged, or asks for what Drift does not do.</exception>
    public static async ValueTask<Qcow2Header> ReadAsync(IDiskSource file, CancellationToken cancellationToken)
    {
        if (file.Length < Qcow2Format.HeaderSize3) throw Qcow2Format.Damaged(file.Name, "it ends inside of its header");
        // The header and its extensions are in the first cluster; what matters of them is near its beginning.
        var start = new byte[Math.Min(file.Length, 64 * 1024)];
        await file.ReadAsync(0, start, cancellationToken).ConfigureAwait(false);
        return Parse(start, file);
    }

    private static Qcow2Header Parse(ReadOnlySpan<byte> start, IDiskSource file)
    {
        var name = file.Name;
        var version = Number(start, 4);
        if (version is not (2 or 3)) throw Unsupported($"{name} is qcow2 of version {version}; Drift reads 2 and 3", "Convert it: qemu-img convert -O qcow2 OLD NEW.");
        var bits = Number(start, 20);
        if (bits is < Qcow2Format.SmallestClusterBits or > Qcow2Format.LargestClusterBits) throw Qcow2Format.Damaged(name, $"it has clusters of 2^{bits} bytes");
        if (LongNumber(start, 8) is > 0 and var backing) throw Unsupported($"{name} holds only what differs from {BackingName(start, backing)}", "Make one image of both: qemu-img convert -O qcow2 OLD NEW.");
        if (Number(start, 32) != 0) throw Unsupported($"{name} is encrypted", "Decrypt it: qemu-img convert, with --object secret and --image-opts for the source.");

        var features = version == 3 ? LongNumber(start, 72) : 0;
        var headerSize = version == 3 ? Number(start, 100) : Qcow2Format.HeaderSize2;
        if (version == 3 && (headerSize < Qcow2Format.HeaderSize3 || headerSize % 8 != 0 || headerSize > 1u << (int)bits)) throw Qcow2Format.Damaged(name, $"its header says that it has {headerSize} bytes");
        if (version == 3 && Number(start, 96) > Qcow2Format.LargestRefcountOrder) throw Qcow2Format.Damaged(name, $"it has reference counts of 2^{Number(start, 96)} bits");
        CheckFeatures(features, start, (int)headerSize, name);
        // The field is there when the header is that long; otherwise the type is zlib.
        var type = headerSize > Qcow2Format.HeaderSize3 && start.Length > Qcow2Format.HeaderSize3 ? start[Qcow2Format.HeaderSize3] : (byte)0;
        if (type > (byte)Qcow2Compression.Zstd) throw Unsupported($"{name} is compressed with type {type}; Drift reads zlib (0) and zstd (1)", "Convert it: qemu-img convert -O qcow2 OLD NEW.");
        if ((type != 0) != ((features & Qcow2Format.CompressionType) != 0)) throw Qcow2Format.Damaged(name, "its compression type contradicts its features");
        var isExtended = (features & Qcow2Format.ExtendedEntries) != 0;
        if (isExtended && bits < Qcow2Format.SmallestExtendedClusterBits) throw Qcow2Format.Damaged(name, $"it has extended L2 entries with clusters of 2^{bits} bytes");

        var size = LongNumber(start, 24);
        if (size > long.MaxValue - DiskFormat.SectorSize) throw Qcow2Format.Damaged(name, $"its disk has {size} bytes");
        var header = new Qcow2Header
        {
            Version = (int)version,
            ClusterBits = (int)bits,
            Length = DiskFormat.RoundUp((long)size, DiskFormat.SectorSize),
            L1Offset = (long)LongNumber(start, 40),
            L1Count = 0,
            Compression = (Qcow2Compression)type,
            HasExtendedEntries = isExtended,
            IsDirty = (features & Qcow2Format.Dirty) != 0,
        };
        var needed = DiskFormat.CountOf(header.Length, (long)header.ClusterSize * header.EntriesOfTable);
        if (needed * 8 > Qcow2Format.LargestL1) throw Qcow2Format.Damaged(name, $"its disk has {size} bytes, which is too much for its clusters of {header.ClusterSize}");
        if (Number(start, 36) < needed) throw Qcow2Format.Damaged(name, $"its L1 table has {Number(start, 36)} entries, and its disk needs {needed}");
        if (header.L1Offset < 0 || header.L1Offset % header.ClusterSize != 0 || header.L1Offset > file.Length - needed * 8) throw Qcow2Format.Damaged(name, "its L1 table is not in the file");
        return header with { L1Count = (int)needed };
    }

    private static void CheckFeatures(ulong features, ReadOnlySpan<byte> start, int headerSize, string name)
    {
        if ((features & Qcow2Format.Corrupt) != 0) throw new DriftException(ErrorCode.InvalidDiskImage, $"{name} is marked as corrupt.", "Repair a copy of it with qemu-img check -r all, or download it again.");
        if ((features & Qcow2Format.ExternalData) != 0) throw Unsupported($"{name} has its data in another file", "Make one image of both: qemu-img convert -O qcow2 OLD NEW.");
        const ulong known = Qcow2Format.Dirty | Qcow2Format.CompressionType | Qcow2Format.ExtendedEntries;
        if ((features & ~known) is not (not 0 and var unknown)) return;
        var bit = BitOperations.TrailingZeroCount(unknown);
        throw Unsupported($"{name} needs the feature '{FeatureName(start, headerSize, bit) ?? $"bit {bit}"}', which Drift does not know", "Convert it to what every reader knows: qemu-img convert -O qcow2 -o compat=0.10 OLD NEW.");
    }

    /// <summary>The name that the image itself gives to an incompatible feature; null when it gives none.</summary>
    private static string? FeatureName(ReadOnlySpan<byte> start, int headerSize, int bit)
    {
        for (var at = headerSize; at + 8 <= start.Length && Number(start, at) is not 0 and var type;)
        {
            var length = Number(start, at + 4);
            at += 8;
            if (length > start.Length - at) return null;
            if (type == Qcow2Format.FeatureNames)
            {
                for (var entries = start.Slice(at, (int)length); entries.Length >= Qcow2Format.FeatureNameSize; entries = entries[Qcow2Format.FeatureNameSize..])
                {
                    if (entries[0] == 0 && entries[1] == bit) return Encoding.UTF8.GetString(entries[2..Qcow2Format.FeatureNameSize]).TrimEnd('\0');
                }
            }
            at += (int)DiskFormat.RoundUp(length, 8);
        }
        return null;
    }

    private static string BackingName(ReadOnlySpan<byte> start, ulong offset)
    {
        var length = Number(start, 16);
        return length <= LargestName && offset <= (ulong)start.Length - Math.Min(length, (uint)start.Length) ? Encoding.UTF8.GetString(start.Slice((int)offset, (int)length)) : "another file";
    }

    private static uint Number(ReadOnlySpan<byte> start, int at) => BinaryPrimitives.ReadUInt32BigEndian(start[at..]);

    private static ulong LongNumber(ReadOnlySpan<byte> start, int at) => BinaryPrimitives.ReadUInt64BigEndian(start[at..]);

    private static DriftException Unsupported(string problem, string hint) => new(ErrorCode.InvalidDiskImage, problem + ".", hint);
}
