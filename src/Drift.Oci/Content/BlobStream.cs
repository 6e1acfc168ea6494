// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>A blob while it is written: bytes, then one <see cref="CommitAsync"/>. Disposing without it discards the bytes.</summary>
public abstract class BlobStream : Stream
{
    /// <summary>Makes the blob visible under its digest.</summary>
    /// <param name="descriptor">What was written, as the writer computed it while writing. A registry checks it; a file store trusts it.</param>
    /// <param name="cancellationToken">Stops the commit.</param>
    public abstract ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public override bool CanRead => false;
    /// <inheritdoc/>
    public override bool CanSeek => false;
    /// <inheritdoc/>
    public override bool CanWrite => true;
    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();
    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
    /// <inheritdoc/>
    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);
    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
