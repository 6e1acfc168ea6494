// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace Drift.Oci;

/// <summary>
/// Compresses what is written to one gzip member (RFC 1952), in blocks that the cores share. The bytes depend on the input alone, not on
/// the number of cores. Disposing writes the end; memory is a few blocks for each core.
/// </summary>
internal sealed class BlockGzipStream : Stream
{
    // Deflate, no name, no time, an unknown system.
    private static readonly byte[] Header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    private readonly Stream _output;
    private readonly int _parallelism;
    private readonly Queue<(GzipBlock Block, Task Compressed)> _pending = new();
    private readonly Stack<GzipBlock> _free = new();
    private GzipBlock _current = new();
    private bool _isFirst = true;
    private bool _isFinished;
    private bool _hasHeader;
    private uint _crc;
    private long _length;

    /// <summary>Compresses into <paramref name="output"/>, which stays open.</summary>
    public BlockGzipStream(Stream output, int? parallelism = null)
    {
        _output = output;
        _parallelism = parallelism ?? Environment.ProcessorCount;
        _current.Begin(null);
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            // A full block goes only when more comes, so that a layer of one block is known as such.
            if (_current.Room.IsEmpty) await HandOverAsync(DeflateEffort.Fast, cancellationToken).ConfigureAwait(false);
            var room = _current.Room;
            var count = Math.Min(buffer.Length, room.Length);
            buffer[..count].CopyTo(room);
            _current.Add(count);
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes the last blocks and the trailer. Without it the output is no complete member.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken = default)
    {
        if (_current.Length > 0) await HandOverAsync(_isFirst ? DeflateEffort.Thorough : DeflateEffort.Fast, cancellationToken).ConfigureAwait(false);
        while (_pending.Count > 0) await WriteOldestAsync(cancellationToken).ConfigureAwait(false);
        await WriteHeaderAsync(cancellationToken).ConfigureAwait(false);
        // An empty last block with the fixed code, then CRC-32 and size modulo 2^32.
        var end = new byte[10];
        end[0] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)_length);
        await _output.WriteAsync(end, cancellationToken).ConfigureAwait(false);
        _isFinished = true;
    }

    public override async ValueTask DisposeAsync()
    {
        // Blocks that were given up are let go of, so that nothing works on after the stream.
        if (!_isFinished) await Task.WhenAll(_pending.Select(pending => pending.Compressed)).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Layers are written asynchronously.");

    private async ValueTask HandOverAsync(DeflateEffort effort, CancellationToken cancellationToken)
    {
        var block = _current;
        var hasWindow = !_isFirst;
        _isFirst = false;
        // The next block copies the end of this one before anyone can use it again.
        if (_pending.Count > _parallelism) await WriteOldestAsync(cancellationToken).ConfigureAwait(false);
        _current = _free.TryPop(out var free) ? free : new GzipBlock();
        _current.Begin(block);
        _pending.Enqueue((block, Task.Run(() => block.Compress(hasWindow, effort), CancellationToken.None)));
    }

    private async ValueTask WriteOldestAsync(CancellationToken cancellationToken)
    {
        var (block, compressed) = _pending.Dequeue();
        await compressed.ConfigureAwait(false);
        await WriteHeaderAsync(cancellationToken).ConfigureAwait(false);
        await _output.WriteAsync(block.Output, cancellationToken).ConfigureAwait(false);
        _crc = Crc32.Combine(_crc, block.Crc, block.Length);
        _length += block.Length;
        _free.Push(block);
    }

    private async ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        if (_hasHeader) return;
        _hasHeader = true;
        await _output.WriteAsync(Header, cancellationToken).ConfigureAwait(false);
    }
}
