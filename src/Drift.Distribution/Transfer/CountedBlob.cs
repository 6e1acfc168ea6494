// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A blob that tells how much of it has been written, and when it is there.</summary>
internal sealed class CountedBlob(BlobStream inner, Action<long> count, Action<Descriptor> done) : BlobStream
{
    private long _written;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        count(_written += buffer.Length);
    }

    public override async ValueTask CommitAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        await inner.CommitAsync(descriptor, cancellationToken).ConfigureAwait(false);
        done(descriptor);
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    public override void Flush() => inner.Flush();
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
