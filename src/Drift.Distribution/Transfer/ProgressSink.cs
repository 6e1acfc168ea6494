// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A sink that tells how far each blob has come that goes into another one. Reports come on any thread.</summary>
public sealed class ProgressSink : IImageSink
{
    // Often enough for the eye.
    private const long Step = 256 * 1024;
    private readonly IProgress<BlobProgress> _progress;
    private int _count;

    /// <summary>Wraps a sink.</summary>
    public ProgressSink(IImageSink sink, IProgress<BlobProgress> progress)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(progress);
        Inner = sink;
        _progress = progress;
    }

    internal IImageSink Inner { get; }

    /// <inheritdoc/>
    public async ValueTask<bool> ContainsBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var isThere = await Inner.ContainsBlobAsync(descriptor, cancellationToken).ConfigureAwait(false);
        if (isThere) _progress.Report(new BlobProgress(Next(), descriptor, 0, BlobState.Present));
        return isThere;
    }

    /// <inheritdoc/>
    public async ValueTask<BlobStream> CreateBlobAsync(Descriptor? expected = null, CancellationToken cancellationToken = default)
    {
        var number = Next();
        return new CountedBlob(await Inner.CreateBlobAsync(expected, cancellationToken).ConfigureAwait(false), Counter(number, expected),
            blob => _progress.Report(new BlobProgress(number, blob, blob.Size, BlobState.Done)));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryMountBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var isMounted = await Inner.TryMountBlobAsync(descriptor, source, cancellationToken).ConfigureAwait(false);
        if (isMounted) _progress.Report(new BlobProgress(Next(), descriptor, 0, BlobState.Mounted));
        return isMounted;
    }

    /// <inheritdoc/>
    public async ValueTask ReceiveBlobAsync(Descriptor descriptor, IImageSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var number = Next();
        await Inner.ReceiveBlobAsync(descriptor, new CountedSource(source, Counter(number, descriptor)), cancellationToken).ConfigureAwait(false);
        _progress.Report(new BlobProgress(number, descriptor, descriptor.Size, BlobState.Done));
    }

    /// <inheritdoc/>
    public ValueTask WriteManifestAsync(Descriptor descriptor, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        Inner.WriteManifestAsync(descriptor, content, cancellationToken);

    private int Next() => Interlocked.Increment(ref _count) - 1;

    /// <summary>Takes how many bytes have gone, and reports the steps.</summary>
    private Action<long> Counter(int number, Descriptor? blob)
    {
        var reported = -Step;
        return bytes =>
        {
            if (bytes - reported < Step) return;
            reported = bytes;
            _progress.Report(new BlobProgress(number, blob, bytes, BlobState.Moving));
        };
    }
}
