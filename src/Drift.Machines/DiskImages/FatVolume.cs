// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;

namespace Drift.Machines;

/// <summary>Looks files up by their short names in FAT of 12, 16 or 32 bits (Microsoft's FAT specification 1.03).</summary>
internal sealed class FatVolume
{
    private const int EntrySize = 32, NameSize = 11, LargestDirectory = 64 * 1024;
    private const byte VolumeLabel = 0x08;
    private readonly IDiskSource _disk;
    private readonly DiskExtent _partition;
    private readonly int _clusterSize, _bits;
    private readonly long _fat, _root, _data, _clusters;
    private readonly int _rootSize;
    private readonly uint _rootCluster;

    private FatVolume(IDiskSource disk, DiskExtent partition, ReadOnlySpan<byte> boot)
    {
        _disk = disk;
        _partition = partition;
        var sector = BinaryPrimitives.ReadUInt16LittleEndian(boot[11..]);
        _clusterSize = sector * boot[13];
        _rootSize = BinaryPrimitives.ReadUInt16LittleEndian(boot[17..]) * EntrySize;
        var fatSectors = BinaryPrimitives.ReadUInt16LittleEndian(boot[22..]) is > 0 and var small ? small : BinaryPrimitives.ReadUInt32LittleEndian(boot[36..]);
        _fat = (long)BinaryPrimitives.ReadUInt16LittleEndian(boot[14..]) * sector;
        _root = _fat + (long)boot[16] * fatSectors * sector;
        _data = _root + _rootSize;
        _rootCluster = BinaryPrimitives.ReadUInt32LittleEndian(boot[44..]);
        _clusters = _clusterSize == 0 ? 0 : (partition.Length - _data) / _clusterSize;
        _bits = _clusters < 4085 ? 12 : _clusters < 65525 ? 16 : 32;
    }

    /// <summary>Opens the volume in a partition; null when there is none.</summary>
    public static async ValueTask<FatVolume?> OpenAsync(IDiskSource disk, DiskExtent partition, CancellationToken cancellationToken)
    {
        var boot = new byte[DiskFormat.SectorSize];
        if (partition.Length < boot.Length) return null;
        await disk.ReadAsync(partition.Offset, boot, cancellationToken).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(510)) != 0xaa55) return null;
        var volume = new FatVolume(disk, partition, boot);
        return volume._clusters > 0 ? volume : null;
    }

    /// <summary>Whether there is a file at a path of short names, each of 11 characters: <c>BOOTAA64EFI</c>.</summary>
    public async ValueTask<bool> ContainsAsync(IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        var cluster = _bits == 32 ? _rootCluster : 0;
        foreach (var name in path)
        {
            if (await FindAsync(cluster, Encoding.ASCII.GetBytes(name), cancellationToken).ConfigureAwait(false) is not { } found) return false;
            cluster = found;
        }
        return true;
    }

    /// <summary>The first cluster of an entry of a folder; null when there is none of the name.</summary>
    private async ValueTask<uint?> FindAsync(uint folder, byte[] name, CancellationToken cancellationToken)
    {
        // Cluster 0 stands for the root where that has a place of its own. What is longer than any real folder goes round in circles.
        var part = new byte[folder == 0 ? _rootSize : _clusterSize];
        for (int read = 0, cluster = (int)folder; read < LargestDirectory && part.Length > 0; read += part.Length)
        {
            if (!await TryReadAsync(folder == 0 ? _root : _data + (cluster - 2L) * _clusterSize, part, cancellationToken).ConfigureAwait(false)) return null;
            for (var at = 0; at + EntrySize <= part.Length && part[at] != 0; at += EntrySize)
            {
                var entry = part.AsSpan(at, EntrySize);
                if ((entry[NameSize] & VolumeLabel) == 0 && entry.StartsWith(name)) return FirstCluster(entry);
            }
            if (folder == 0 || await NextAsync(cluster, cancellationToken).ConfigureAwait(false) is not { } next) return null;
            cluster = next;
        }
        return null;
    }

    private uint FirstCluster(ReadOnlySpan<byte> entry) =>
        BinaryPrimitives.ReadUInt16LittleEndian(entry[26..]) | (_bits == 32 ? (uint)BinaryPrimitives.ReadUInt16LittleEndian(entry[20..]) << 16 : 0);

    /// <summary>The cluster that follows another one; null at the end.</summary>
    private async ValueTask<int?> NextAsync(int cluster, CancellationToken cancellationToken)
    {
        var entry = new byte[4];
        if (!await TryReadAsync(_fat + (long)cluster * _bits / 8, entry.AsMemory(0, _bits == 32 ? 4 : 2), cancellationToken).ConfigureAwait(false)) return null;
        var value = BinaryPrimitives.ReadUInt32LittleEndian(entry) >> (_bits == 12 && cluster % 2 == 1 ? 4 : 0);
        var next = value & (_bits switch { 12 => 0xfffu, 16 => 0xffffu, _ => 0x0fff_ffffu });
        return next >= 2 && next < _clusters + 2 ? (int)next : null;
    }

    private async ValueTask<bool> TryReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset > _partition.Length - buffer.Length) return false;
        await _disk.ReadAsync(_partition.Offset + offset, buffer, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
