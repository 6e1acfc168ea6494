// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace Drift.Oci;

/// <summary>
/// Reads content and checks its size and digest on the way: a byte too many, an early end or another digest throws
/// <see cref="ContentException"/> before the reader sees the end.
/// </summary>
public sealed class VerifyingStream : Stream
{
    private readonly Stream _inner;
    private readonly Descriptor _expected;
    private readonly string _origin;
    private readonly Action? _mismatch;
    private readonly IncrementalHash _hash;
    private long _count;
    private bool _finished;

    /// <summary>Wraps a stream and owns it.</summary>
    /// <param name="inner">The content.</param>
    /// <param name="expected">What it has to be.</param>
    /// <param name="origin">Where it comes from, for errors.</param>
    /// <param name="mismatch">Called before the error, for whoever can take the wrong content away.</param>
    public VerifyingStream(Stream inner, Descriptor expected, string origin, Action? mismatch = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(expected);
        _inner = inner;
        _expected = expected;
        _origin = origin;
        _mismatch = mismatch;
        _hash = expected.Digest.CreateHash();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;
    /// <inheritdoc/>
    public override bool CanSeek => false;
    /// <inheritdoc/>
    public override bool CanWrite => false;
    /// <inheritdoc/>
    public override long Length => _expected.Size;
    /// <inheritdoc/>
    public override long Position { get => _count; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        var read = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Check(buffer.Span, read);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        count == 0 ? 0 : Check(buffer.AsSpan(offset, count), _inner.Read(buffer, offset, count));

    /// <inheritdoc/>
    public override void Flush() { }
    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Check(ReadOnlySpan<byte> buffer, int read)
    {
        if (_finished) return 0;
        _count += read;
        if (_count > _expected.Size) throw Mismatch(null);
        if (read > 0)
        {
            _hash.AppendData(buffer[..read]);
            return read;
        }
        if (_count < _expected.Size) throw Mismatch(null);
        var actual = _hash.GetHashAndReset();
        if (!_expected.Digest.Matches(actual)) throw Mismatch(_expected.Digest.Algorithm == "sha256" ? Digest.FromSha256(actual) : null);
        _finished = true;
        return 0;
    }

    private ContentException Mismatch(Digest? actual)
    {
        _mismatch?.Invoke();
        return new ContentException(_expected, actual, _count, _origin);
    }
}
