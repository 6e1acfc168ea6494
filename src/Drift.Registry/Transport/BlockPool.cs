// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Drift.Registry;

/// <summary>
/// The memory that sockets read into and write from, in blocks of 128 KiB: Kestrel's own are of 4 KiB, and each costs a call of the kernel,
/// which layers have too many of.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 128 * 1024;
    private const int MaximumKept = 128;
    private readonly ConcurrentStack<byte[]> _free = new();
    private int _kept;

    public override int MaxBufferSize => BlockSize;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryPop(out var array)) return new Block(this, GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
        Interlocked.Decrement(ref _kept);
        return new Block(this, array);
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(byte[] array)
    {
        if (Interlocked.Increment(ref _kept) <= MaximumKept) _free.Push(array);
        else Interlocked.Decrement(ref _kept);
    }

    private sealed class Block(BlockPool pool, byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } free) pool.Return(free);
        }
    }
}
