// SPDX-License-Identifier: Apache-2.0

using Drift.Machines;

namespace Drift.Fuzz;

/// <summary>Bytes as a disk, or as the file of one: whole sectors.</summary>
internal sealed class MemoryDisk(byte[] content, string name = "input") : IDiskSource
{
    private readonly byte[] _content = [.. content, .. new byte[-content.Length & (DiskFormat.SectorSize - 1)]];

    public string Name => name;

    public long Length => _content.Length;

    public int BlockSize => DiskFormat.SectorSize;

    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A read outside of the disk is a fault of who reads, and throws.
        _content.AsMemory(checked((int)offset), buffer.Length).CopyTo(buffer);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
