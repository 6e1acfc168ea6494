// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>
/// Writes a disk as an <c>.oci</c> archive, Oracle's own format of images: a tar of the metadata and of the disk as qcow2. One import of it gives
/// an image with the right firmware, devices and shapes.
/// </summary>
internal static class OracleImage
{
    /// <summary>The name that the disk has in the archive.</summary>
    public const string DiskName = "output.QCOW2";

    /// <summary>The largest disk that Oracle imports, in bytes.</summary>
    public const long LargestDisk = 400_000_000_000;

    /// <summary>Refuses a disk that is too large to be imported.</summary>
    /// <exception cref="DriftException">It is.</exception>
    public static void CheckSize(IDiskSource disk)
    {
        if (disk.Length > LargestDisk) throw new DriftException(ErrorCode.InvalidDiskImage, $"The disk of {disk.Name} has {disk.Length / 1e9:0.0} GB; Oracle imports disks of up to 400 GB.", "Make the disk smaller: shrink its file systems, then qemu-img resize --shrink.");
    }

    /// <summary>Writes the archive to a stream that can seek; it ends at the stream's position afterwards.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="output">Where the archive goes, from the stream's beginning.</param>
    /// <param name="options">What Oracle is told, and how the disk is written.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="parallelism">How many parts are worked on at once; by default as many as there are cores.</param>
    /// <param name="cancellationToken">Ends it; what was written is no archive then.</param>
    /// <exception cref="DriftException">The disk is too large, damaged, or cannot be read.</exception>
    public static async Task WriteAsync(IDiskSource disk, Stream output, OracleImageOptions options, IProgress<DiskProgress>? progress = null, int? parallelism = null, CancellationToken cancellationToken = default)
    {
        CheckSize(disk);
        if (options.Compression == DiskCompression.None)
        {
            var archive = await OracleImageFile.OfAsync(disk, options, cancellationToken).ConfigureAwait(false);
            await archive.WriteAsync(output, progress, cancellationToken).ConfigureAwait(false);
            return;
        }
        // The size of the disk is not known yet. The header takes the same room whatever it will be.
        var start = await HeadAsync(options, 0, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(start, cancellationToken).ConfigureAwait(false);
        var compression = options.Compression == DiskCompression.Zstd ? Qcow2Compression.Zstd : Qcow2Compression.Zlib;
        await CompressedQcow2.WriteAsync(disk, output, compression, progress, parallelism, cancellationToken).ConfigureAwait(false);
        var size = output.Position - start.Length;
        await output.WriteAsync(End, cancellationToken).ConfigureAwait(false);
        var end = output.Position;
        output.Position = 0;
        await output.WriteAsync(await HeadAsync(options, size, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        output.Position = end;
    }

    /// <summary>What is before the disk in the archive: the metadata, and the disk's header.</summary>
    public static async ValueTask<byte[]> HeadAsync(OracleImageOptions options, long diskSize, CancellationToken cancellationToken)
    {
        var metadata = OracleImageMetadata.Write(options);
        using var head = new MemoryStream();
        var tar = new TarWriter(head) { UseBinarySizes = true };
        using var content = new MemoryStream(metadata);
        await tar.WriteAsync(Entry(OracleImageMetadata.FileName, metadata.Length), content, cancellationToken).ConfigureAwait(false);
        await tar.WriteHeaderAsync(Entry(DiskName, diskSize), cancellationToken).ConfigureAwait(false);
        return head.ToArray();
    }

    /// <summary>What is after the disk: the disk is whole clusters, and so whole blocks of tar, which end with two empty ones.</summary>
    public static ReadOnlyMemory<byte> End { get; } = new byte[2 * TarFormat.BlockSize];

    private static TarEntry Entry(string name, long size) => new() { Path = name, Type = TarEntryType.File, Size = size };
}
