// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>Opens disk images by what they begin with.</summary>
internal static class DiskImage
{
    // What else may stand where a disk is wanted, and how to make a disk of it.
    private static readonly (byte[] Start, string Format, string Hint)[] Others =
    [
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "compressed with xz", "Decompress it first: xz --decompress --keep FILE."),
        ([0x1f, 0x8b], "compressed with gzip", "Decompress it first: gunzip --keep FILE."),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd", "Decompress it first: zstd --decompress FILE."),
        ([(byte)'K', (byte)'D', (byte)'M', (byte)'V'], "in VMDK format", "Convert it: qemu-img convert -O qcow2 OLD NEW."),
        ([(byte)'v', (byte)'h', (byte)'d', (byte)'x', (byte)'f', (byte)'i', (byte)'l', (byte)'e'], "in VHDX format", "Convert it: qemu-img convert -O qcow2 OLD NEW."),
    ];

    /// <summary>Opens a file as qcow2 when it is that, and as a raw disk otherwise.</summary>
    /// <exception cref="DriftException">It cannot be read, is damaged, or is in another format.</exception>
    public static async Task<IDiskSource> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        var file = new RawDisk(path);
        try
        {
            if (file.Length == 0) throw new DriftException(ErrorCode.InvalidDiskImage, $"{path} is empty.", "Give a disk image in qcow2 or raw format.");
            var start = new byte[DiskFormat.SectorSize];
            await file.ReadAsync(0, start, cancellationToken).ConfigureAwait(false);
            if (Qcow2Header.IsQcow2(start)) return await Qcow2Disk.OpenAsync(file, cancellationToken).ConfigureAwait(false);
            foreach (var (known, format, hint) in Others)
            {
                if (start.AsSpan().StartsWith(known)) throw new DriftException(ErrorCode.InvalidDiskImage, $"{path} is {format}; Drift reads qcow2 and raw disks.", hint);
            }
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
