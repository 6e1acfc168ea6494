// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Oci;

/// <summary>
/// Compresses what is written, in blocks that the cores share. Filling blocks, hashing them, compressing them and writing what they became
/// go on at once. The bytes depend on the input alone, not on the number of cores; memory is a few blocks for each core.
/// </summary>
internal sealed class BlockCompressionStream : WriteOnlyStream
{
    private readonly Stream _output;
    private readonly BlockFormat _format;
    private readonly int _parallelism;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<(CompressionBlock Block, Task Done)> _pending = new();
    private readonly Stack<CompressionBlock> _free = new();
    private CompressionBlock _current;
    private Task _hashed = Task.CompletedTask;
    private Task _written = Task.CompletedTask;

    /// <summary>Compresses into <paramref name="output"/>, which stays open, and owns <paramref name="format"/>.</summary>
    public BlockCompressionStream(Stream output, BlockFormat format, int? parallelism = null)
    {
        _output = output;
        _format = format;
        _parallelism = parallelism ?? Environment.ProcessorCount;
        _current = format.CreateBlock();
        _current.Begin(null);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            // A full block goes only when more comes, so that a layer of one block is known as such.
            if (_current.Room.IsEmpty) await HandOverAsync(cancellationToken).ConfigureAwait(false);
            var room = _current.Room;
            var count = Math.Min(buffer.Length, room.Length);
            buffer[..count].CopyTo(room);
            _current.Add(count);
            buffer = buffer[count..];
        }
    }

    /// <summary>Writes the last blocks and the trailer, and returns the digest of the input. Without it the output is not complete.</summary>
    public async ValueTask<Digest> FinishAsync(CancellationToken cancellationToken = default)
    {
        if (_current.IsFirst)
        {
            await WriteOnlyBlockAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            if (_current.Length > 0) await HandOverAsync(cancellationToken).ConfigureAwait(false);
            while (_pending.Count > 0) await TakeBackOldestAsync().ConfigureAwait(false);
        }
        await _output.WriteAsync(_format.Trailer(), cancellationToken).ConfigureAwait(false);
        return Digest.FromSha256(_hash.GetHashAndReset());
    }

    public override async ValueTask DisposeAsync()
    {
        // Blocks that were given up are let go of, so that nothing works on after the stream; why they failed has been told or does not matter.
        foreach (var (_, done) in _pending) await done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _format.Dispose();
        _hash.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Writes what fits into one block. There is nothing to do meanwhile, so no other thread is asked.</summary>
    private async ValueTask WriteOnlyBlockAsync(CancellationToken cancellationToken)
    {
        await _output.WriteAsync(_format.Header, cancellationToken).ConfigureAwait(false);
        if (_current.Length == 0) return;
        _hash.AppendData(_current.Input);
        _format.Compress(_current, isOnly: true);
        _format.Append(_current);
        await _output.WriteAsync(_current.Output, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask HandOverAsync(CancellationToken cancellationToken)
    {
        if (_pending.Count > _parallelism) await TakeBackOldestAsync().ConfigureAwait(false);
        var block = _current;
        // The next block copies the end of this one before anyone can use it again.
        _current = _free.TryPop(out var free) ? free : _format.CreateBlock();
        _current.Begin(block);
        _hashed = HashAsync(block, _hashed);
        var compressed = Task.Run(() => _format.Compress(block, isOnly: false), CancellationToken.None);
        _written = WriteAsync(block, compressed, _written, cancellationToken);
        _pending.Enqueue((block, Task.WhenAll(_hashed, _written)));
    }

    private Task HashAsync(CompressionBlock block, Task before) =>
        before.ContinueWith(_ => _hash.AppendData(block.Input), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async Task WriteAsync(CompressionBlock block, Task compressed, Task before, CancellationToken cancellationToken)
    {
        // Both are waited for, also when one fails: the block is in use for as long.
        await Task.WhenAll(compressed, before).ConfigureAwait(false);
        if (block.IsFirst) await _output.WriteAsync(_format.Header, cancellationToken).ConfigureAwait(false);
        _format.Append(block);
        await _output.WriteAsync(block.Output, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask TakeBackOldestAsync()
    {
        var (block, done) = _pending.Peek();
        await done.ConfigureAwait(false);
        _pending.Dequeue();
        _free.Push(block);
    }
}
