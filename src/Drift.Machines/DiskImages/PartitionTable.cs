// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Where a disk has the partition that UEFI starts from (UEFI 2.10, chapter 5).</summary>
internal static class PartitionTable
{
    private const int MbrEntries = 446, MbrEntrySize = 16, MbrSignature = 510;
    private const byte ProtectiveType = 0xee, EfiType = 0xef;
    private const int LargestCount = 1024, SmallestEntry = 128, LargestEntry = 4096;
    private static readonly byte[] EfiSystem = new Guid("C12A7328-F81F-11D2-BA4B-00A0C93EC93B").ToByteArray();

    /// <summary>Finds the EFI system partition.</summary>
    /// <exception cref="DriftException">There is none, or no partition table.</exception>
    public static async ValueTask<DiskExtent> FindEfiSystemAsync(IDiskSource disk, CancellationToken cancellationToken)
    {
        var start = new byte[2 * DiskFormat.SectorSize];
        if (disk.Length >= start.Length) await disk.ReadAsync(0, start, cancellationToken).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(MbrSignature)) != 0xaa55)
        {
            throw BootCheck.Unbootable($"{disk.Name} has no partition table", "Give the image of a whole disk, decompressed: cloud.debian.org has debian-12-generic-arm64.qcow2.");
        }
        var isGpt = false;
        for (var entry = MbrEntries; entry < MbrSignature; entry += MbrEntrySize)
        {
            var type = start[entry + 4];
            isGpt |= type == ProtectiveType;
            if (type == EfiType) return Extent(BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(entry + 8)), BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(entry + 12)), disk);
        }
        if (isGpt && start.AsSpan(DiskFormat.SectorSize).StartsWith("EFI PART"u8)) return await FindInGptAsync(disk, start.AsMemory(DiskFormat.SectorSize), cancellationToken).ConfigureAwait(false);
        throw BootCheck.Unbootable($"{disk.Name} has an MBR for BIOS and no EFI system partition", "Take an image for arm64: those start by UEFI.");
    }

    private static async ValueTask<DiskExtent> FindInGptAsync(IDiskSource disk, ReadOnlyMemory<byte> header, CancellationToken cancellationToken)
    {
        var first = BinaryPrimitives.ReadUInt64LittleEndian(header.Span[72..]);
        var count = (int)Math.Min(LargestCount, BinaryPrimitives.ReadUInt32LittleEndian(header.Span[80..]));
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header.Span[84..]);
        if (size is < SmallestEntry or > LargestEntry || first > (ulong)disk.Length / DiskFormat.SectorSize || (long)first * DiskFormat.SectorSize + count * size > disk.Length)
        {
            throw BootCheck.Unbootable($"the partition table of {disk.Name} is damaged", "Download or convert the image again.");
        }
        var entries = new byte[count * size];
        await disk.ReadAsync((long)first * DiskFormat.SectorSize, entries, cancellationToken).ConfigureAwait(false);
        for (var at = 0; at < entries.Length; at += (int)size)
        {
            var entry = entries.AsSpan(at);
            if (!entry.StartsWith(EfiSystem)) continue;
            var start = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            return Extent(start, unchecked(BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]) - start + 1), disk);
        }
        throw BootCheck.Unbootable($"{disk.Name} has no EFI system partition", "Take an image for arm64: those start by UEFI.");
    }

    private static DiskExtent Extent(ulong start, ulong count, IDiskSource disk)
    {
        var sectors = (ulong)disk.Length / DiskFormat.SectorSize;
        return start <= sectors && count <= sectors - start
            ? new DiskExtent((long)start * DiskFormat.SectorSize, (long)count * DiskFormat.SectorSize)
            : throw BootCheck.Unbootable($"the EFI system partition of {disk.Name} is not on the disk: the image is cut", "Download or convert the image again.");
    }
}
