// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Machines;

namespace Drift.Fuzz;

/// <summary>Disk images in qcow2: they are read or refused, and what is read is what it is written as.</summary>
internal sealed class DiskTarget() : FuzzTarget("disk")
{
    private const int MaximumRead = 1024 * 1024;
    private const int MaximumFile = 64 * 1024 * 1024;

    public override IReadOnlyList<string> Tokens =>
        ["QFI\u00fb\0\0\0\u0002", "QFI\u00fb\0\0\0\u0003", "\x80\0\0\0\0\0\u0002\0", "\x40\0\0\0\0\0\u0004\0", "\0\0\0\0\0\0\0\u0001", "\x68\x03\xf8\x57", "\0\0\0\u0009", "\0\0\0\x10", "\0\0\0\x15"];

    public override int BlockSize => DiskFormat.SectorSize;

    public override async Task<string> RunAsync(byte[] input)
    {
        await using var disk = await Qcow2Disk.OpenAsync(new MemoryDisk(input));
        var content = new byte[Math.Min(disk.Length, MaximumRead)];
        await disk.ReadAsync(0, content);
        var (extents, end) = (0, 0L);
        await foreach (var extent in disk.FindDataAsync())
        {
            Ensure(extent.Offset >= end && extent.Length > 0 && extent.End <= disk.Length, "extents are out of order, or out of the disk");
            if (end < content.Length) Ensure(!content.AsSpan((int)end..(int)Math.Min(content.Length, extent.Offset)).ContainsAnyExcept((byte)0), "there is data where none was found");
            end = extent.End;
            extents++;
        }
        var sparse = await SparseQcow2.OfAsync(disk);
        if (sparse.Length <= MaximumFile) Ensure((await AgainAsync(sparse, content.Length)).AsSpan().SequenceEqual(content), "what was written is not what was read");
        return string.Create(CultureInfo.InvariantCulture, $"{disk.Header.Version} {disk.Header.ClusterBits} {disk.Header.Compression} {disk.Header.HasExtendedEntries} {disk.Header.IsDirty} {Math.Min(extents, 10)} {content.AsSpan().ContainsAnyExcept((byte)0)}");
    }

    private static async Task<byte[]> AgainAsync(SparseQcow2 sparse, int length)
    {
        var again = new byte[length];
        await using var disk = await Qcow2Disk.OpenAsync(sparse);
        await disk.ReadAsync(0, again);
        return again;
    }
}
