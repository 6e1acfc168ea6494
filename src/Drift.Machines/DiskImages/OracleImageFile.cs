// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>
/// The <c>.oci</c> archive that a disk would be, uncompressed. Its size is known from the start, and every byte of it can be read at any time: it
/// can be uploaded in parts, and a part again, without being stored.
/// </summary>
internal sealed class OracleImageFile : IDiskSource
{
    private const int StepSize = 1024 * 1024;
    private readonly SparseQcow2 _disk;
    private readonly byte[] _head;

    private OracleImageFile(SparseQcow2 disk, byte[] head)
    {
        _disk = disk;
        _head = head;
    }

    /// <summary>Finds out what the archive will be; the disk stays the caller's.</summary>
    /// <exception cref="Drift.Oci.DriftException">The disk is too large, or what describes it is damaged.</exception>
    public static async Task<OracleImageFile> OfAsync(IDiskSource disk, OracleImageOptions options, CancellationToken cancellationToken = default)
    {
        OracleImage.CheckSize(disk);
        var file = await SparseQcow2.OfAsync(disk, cancellationToken).ConfigureAwait(false);
        return new OracleImageFile(file, await OracleImage.HeadAsync(options, file.Length, cancellationToken).ConfigureAwait(false));
    }

    public string Name => _disk.Name;

    public long Length => _head.Length + _disk.Length + OracleImage.End.Length;

    public int BlockSize => _disk.BlockSize;

    /// <summary>Writes all of it.</summary>
    public async Task WriteAsync(Stream output, IProgress<DiskProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var buffer = new byte[StepSize];
        for (var offset = 0L; offset < Length;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, Length - offset));
            await ReadAsync(offset, part, cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            offset += part.Length;
            progress?.Report(new DiskProgress(offset, Length));
        }
    }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[Copy(_head, offset, buffer)..];
        offset = Math.Max(offset, _head.Length) - _head.Length;
        var length = (int)Math.Clamp(_disk.Length - offset, 0, buffer.Length);
        await _disk.ReadAsync(offset, buffer[..length], cancellationToken).ConfigureAwait(false);
        buffer.Span[length..].Clear();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static int Copy(byte[] head, long offset, Memory<byte> buffer)
    {
        if (offset >= head.Length) return 0;
        var part = head.AsMemory((int)offset);
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        return part.Length;
    }
}
