// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A source whose blobs are counted while they are read.</summary>
internal sealed class CountedSource(IImageSource source, Action<long> count) : IImageSource
{
    public async ValueTask<Stream> OpenBlobAsync(Descriptor descriptor, CancellationToken cancellationToken = default) =>
        new CountedStream(await source.OpenBlobAsync(descriptor, cancellationToken).ConfigureAwait(false), count);

    public ValueTask<ReadOnlyMemory<byte>> ReadManifestAsync(Descriptor descriptor, CancellationToken cancellationToken = default) => source.ReadManifestAsync(descriptor, cancellationToken);
}
