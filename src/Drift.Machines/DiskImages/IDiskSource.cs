// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;

namespace Drift.Machines;

/// <summary>
/// The content of a disk, whatever it is stored in: a file, an image's clusters, a snapshot's blocks behind an API. What <see cref="FindDataAsync"/>
/// leaves out reads as zeros.
/// </summary>
internal interface IDiskSource : IAsyncDisposable
{
    /// <summary>What it is, for messages: a path or an id.</summary>
    string Name { get; }

    /// <summary>The disk's size in bytes, a multiple of 512.</summary>
    long Length { get; }

    /// <summary>The size of the pieces that it is stored in, in bytes, a power of two: reads of whole ones cost least.</summary>
    int BlockSize { get; }

    /// <summary>The parts that may hold something else than zeros: in their order, without overlap, inside the disk. All of it where nothing is known.</summary>
    /// <exception cref="Drift.Oci.DriftException">What describes them is damaged.</exception>
    async IAsyncEnumerable<DiskExtent> FindDataAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return new DiskExtent(0, Length);
    }

    /// <summary>Fills a buffer with what is at an offset, all of it inside the disk. Any number of reads may go on at once.</summary>
    /// <exception cref="Drift.Oci.DriftException">What is stored there is damaged or cannot be read.</exception>
    ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken = default);
}
