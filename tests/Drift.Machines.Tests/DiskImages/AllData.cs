// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines.Tests;

/// <summary>A disk of which nothing is known to be zeros, and which may fail.</summary>
internal sealed class AllData(IDiskSource disk) : IDiskSource
{
    /// <summary>The offset from which on reading fails.</summary>
    public long FailsAt { get; init; } = long.MaxValue;

    public string Name => disk.Name;

    public long Length => disk.Length;

    public int BlockSize => disk.BlockSize;

    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        offset + buffer.Length <= FailsAt ? disk.ReadAsync(offset, buffer, cancellationToken) : throw new DriftException(ErrorCode.NotFound, "The block is gone.", "Take another snapshot.");

    public ValueTask DisposeAsync() => disk.DisposeAsync();
}
